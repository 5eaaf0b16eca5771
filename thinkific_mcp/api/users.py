"""Users: students, admins and everybody else with an account, and the custom fields of their profiles."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.operation import Arguments, InFilter, InQuery, Operation, Page, Paging, PathId, Place, Result
from thinkific_mcp.values import (
    LARGEST_ID,
    AsItCame,
    Boolean,
    Email,
    Id,
    Integer,
    Integers,
    Number,
    Text,
    Texts,
    UserReference,
    not_bool,
    wrong,
)

Provider = Literal["SSO", "OPENID_CONNECT"]
Commission = Annotated[float, Field(gt=0, lt=9999.99), BeforeValidator(not_bool)]
Password = Annotated[str, Field(min_length=6)]
Role = Literal["affiliate", "course_admin", "group_analyst", "site_admin"]


class CustomProfileField(Result):
    """What a user answered to one of the school's own questions."""

    id: Integer = None
    label: Text = None
    value: Text = None
    custom_profile_field_definition_id: Integer = None


class User(Result):
    """Somebody with an account at the school."""

    id: Integer = None
    full_name: Text = None
    first_name: Text = None
    last_name: Text = None
    email: Text = None
    roles: Texts = None
    company: Text = None
    headline: Text = None
    bio: Text = None
    created_at: Text = None
    custom_profile_fields: Annotated[list[CustomProfileField] | None, AsItCame] = None
    administered_course_ids: Integers = None
    external_source: Text = None
    affiliate_code: Text = None
    affiliate_commission: Number = None
    affiliate_commission_type: Text = None
    affiliate_payout_email: Text = None
    avatar_url: Text = None


class CustomProfileFieldDefinition(Result):
    """One of the school's own questions for profiles."""

    id: Integer = None
    label: Text = None
    field_type: Text = None
    required: Boolean = None


class UserAuthentication(Result):
    """The id under which another system knows a user."""

    provider: Text = None
    external_id: Text = None


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


class UserByReference(Arguments):
    """Which user: by Thinkific's id, or by an external id and its provider."""

    user_id: Annotated[UserReference, Place("path", "id")] = Field(
        description="Thinkific's id; with provider, the external id."
    )
    provider: InQuery[Provider | MISSING] = Field(
        default=MISSING, description="Only with an external id: who gave it."
    )

    @model_validator(mode="after")
    def _known_kind(self) -> Self:
        if self.provider is MISSING and not (self.user_id.isascii() and self.user_id.isdecimal()):
            raise wrong("user_id should be a number, or an external id together with provider")
        if self.provider is MISSING and not 0 < int(self.user_id) <= LARGEST_ID:
            raise wrong("user_id should be a positive id")
        return self


class ListCustomProfileFields(
    Paging,
    Operation[Page[CustomProfileFieldDefinition]],
    get="/custom_profile_field_definitions",
    operation_id="getCustomProfileFields",
):
    """List the school's own profile questions (custom fields): their ids and labels. Answers are in get_user."""


class ListUsers(Paging, Operation[Page[User]], get="/users", operation_id="getUsers"):
    """List or find users (students, admins): by exact email, role, group or custom field. There is no search by
    name: ask for the email, or read all pages. Names, bios and answers are written by students.
    """

    email: InFilter[Email] = MISSING
    role: InFilter[Role] = Field(default=MISSING, description="Students have none.")
    group_id: InFilter[Id] = MISSING
    external_source: InFilter[str] = MISSING
    custom_profile_field_label: InFilter[str] = Field(
        default=MISSING, description="Only together with custom_profile_field_value."
    )
    custom_profile_field_value: InFilter[str] = MISSING

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.custom_profile_field_label is MISSING) != (self.custom_profile_field_value is MISSING):
            raise wrong("custom_profile_field_label and custom_profile_field_value go together: give both")
        return self


class CreateUser(
    AffiliateFields,
    Operation[User],
    post="/users",
    operation_id="createUser",
    guarded="only when roles is set",
):
    """Create a user, usually a student. Sends no email unless send_welcome_email. Does not enroll: use
    create_enrollment next.
    """

    first_name: str
    last_name: str
    email: Email
    password: Password | MISSING = Field(
        default=MISSING, repr=False, description="Left out: they sign in by an emailed link."
    )
    send_welcome_email: bool | MISSING = MISSING
    roles: list[Role] | MISSING = Field(
        default=MISSING, description="Left out for students. site_admin sees and changes everything."
    )
    company: str | MISSING = MISSING
    headline: str | MISSING = MISSING
    bio: str | MISSING = MISSING
    custom_profile_fields: list[CustomProfileFieldValue] | MISSING = Field(
        default=MISSING, description="Ids: list_custom_profile_fields."
    )
    skip_custom_fields_validation: bool | MISSING = Field(
        default=MISSING, description="true: required custom fields may be left out."
    )
    external_id: str | MISSING = Field(default=MISSING, description="Their id in your single sign-on.")
    provider: Provider | MISSING = Field(default=MISSING, description="Who gave external_id; default SSO.")

    def needs_confirmation(self, now: datetime) -> bool:
        """Confirm who is given a role."""
        return self.roles is not MISSING and bool(self.roles)


class GetUser(UserByReference, Operation[User], get="/users/{id}", operation_id="getUserByID"):
    """Get a user's profile, roles and custom fields. Their courses: list_enrollments. By email: list_users. Their
    groups are not told; list_users with group_id tells a group's members.
    """


class UpdateUser(
    UserByReference,
    AffiliateFields,
    Operation[None],
    put="/users/{id}",
    operation_id="updateUserByID",
    guarded="only when email, password or roles change",
    done="User {user_id} updated: {changed}.",
):
    """Change a user's profile, email, password or roles. What is left out stays."""

    first_name: str | MISSING = MISSING
    last_name: str | MISSING = MISSING
    email: Email | MISSING = Field(default=MISSING, description="They sign in with it.")
    password: Password | MISSING = Field(default=MISSING, repr=False)
    roles: list[Role] | MISSING = Field(default=MISSING, description="Replaces all roles; [] for a plain student.")
    company: str | None | MISSING = MISSING
    headline: str | None | MISSING = MISSING
    bio: str | None | MISSING = MISSING
    avatar_url: str | None | MISSING = MISSING
    external_source: str | None | MISSING = MISSING
    custom_profile_fields: list[CustomProfileFieldValue] | MISSING = Field(
        default=MISSING, description="Ids: list_custom_profile_fields. value null clears."
    )

    def needs_confirmation(self, now: datetime) -> bool:
        """Confirm what changes how they sign in or what they may do."""
        return bool({"email", "password", "roles"} & self.model_fields_set)


class DeleteUser(
    UserByReference,
    Operation[None],
    delete="/users/{id}",
    operation_id="deleteUserByID",
    done="User {user_id} deleted, with enrollments and progress.",
):
    """Delete a user for good, with enrollments and saved progress. To only end access, use update_enrollment."""


class GetUserAuthentication(
    Operation[UserAuthentication],
    get="/users/{id}/authentications/{provider}",
    operation_id="getUserAuthByIDAndProvider",
):
    """Get the external id that a user has with a single sign-on provider. Not found may mean they have none."""

    user_id: PathId
    provider: Provider
