"""Parts of users' profiles: answers to the school's own questions, and how affiliates are paid."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.operation import Arguments
from thinkific_mcp.result import Result
from thinkific_mcp.values import Boolean, Email, Id, Integer, Text, not_bool, wrong

Commission = Annotated[float, Field(gt=0, lt=9999.99), BeforeValidator(not_bool)]


class CustomProfileField(Result):
    """What a user answered to one of the school's own questions."""

    told_by = ("label", "value")

    id: Integer = None
    label: Text = None
    value: Text = None
    custom_profile_field_definition_id: Integer = None


class CustomProfileFieldDefinition(Result):
    """One of the school's own questions for profiles."""

    id: Integer = None
    label: Text = None
    field_type: Text = None
    required: Boolean = None


class CustomProfileFieldValue(Arguments):
    """An answer to one of the school's own questions."""

    custom_profile_field_definition_id: Id
    value: str | None | MISSING = MISSING


class AffiliateFields(Arguments):
    """How an affiliate is paid."""

    affiliate_code: str | MISSING = Field(
        default=MISSING, description="The role affiliate needs all affiliate fields."
    )
    affiliate_commission: Commission | MISSING = MISSING
    affiliate_commission_type: Literal["%", "$"] | MISSING = MISSING
    affiliate_payout_email: Email | MISSING = MISSING

    @model_validator(mode="after")
    def _percentage(self) -> Self:
        is_percentage = self.affiliate_commission_type in ("%", MISSING)
        if is_percentage and self.affiliate_commission is not MISSING and self.affiliate_commission > 100:
            raise wrong("affiliate_commission should be at most 100, or its type $")
        return self
