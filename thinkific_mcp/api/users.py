"""Users: students, admins and everybody else with an account, and the custom fields of their profiles."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import MISSING

from thinkific_mcp.api.naming import is_id, items_of
from thinkific_mcp.api.profiles import (
    AffiliateFields,
    CustomProfileField,
    CustomProfileFieldDefinition,
    CustomProfileFieldValue,
)
from thinkific_mcp.api.roles import rights, rights_lost
from thinkific_mcp.api.undoing import put_back, rows_in, take_away
from thinkific_mcp.change import Consequences, Look, State, Undoing
from thinkific_mcp.operation import Arguments, InFilter, InQuery, Operation, Paging, PathId, Place
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import (
    API_PAGE_SIZE,
    LARGEST_ID,
    AsItCame,
    Email,
    Id,
    Integer,
    Integers,
    Number,
    Text,
    Texts,
    UserReference,
    wrong,
)
from thinkific_mcp.wording import shown

Provider = Literal["SSO", "OPENID_CONNECT"]
Password = Annotated[str, Field(min_length=6)]
Role = Literal["affiliate", "course_admin", "group_analyst", "site_admin"]


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


class UserAuthentication(Result):
    """The id under which another system knows a user."""

    provider: Text = None
    external_id: Text = None


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
    guarded="only when roles or affiliate payment is set",
    undo="deletes the user again",
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
        """Confirm who is given a role, or is to be paid, which takes one."""
        is_paid = bool(AffiliateFields.model_fields.keys() & self.model_fields_set)
        return is_paid or (self.roles is not MISSING and bool(self.roles))

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what the roles allow, and how they learn of the account."""
        mail = "A welcome email goes out." if self.send_welcome_email is True else "No welcome email goes out."
        link = ["They sign in by an emailed link, as no password is given."] if self.password is MISSING else []
        return Consequences([*rights([] if self.roles is MISSING else self.roles), mail, *link])

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the user."""
        return take_away(DeleteUser, made, "Enrollments and progress that the user got since are deleted too.")


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
    guarded="only when email, password, roles or affiliate payment change",
    undo="puts back what was; not a password",
    target=GetUser,
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
        """Confirm what changes how they sign in, what they may do, or what is paid to whom."""
        return bool({"email", "password", "roles", *AffiliateFields.model_fields} & self.model_fields_set)

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell what new roles allow, which are lost, and what changes when they sign in."""
        held = items_of(getattr(target, "roles", None))
        sentences = [] if self.roles is MISSING else [*rights(self.roles, held), *rights_lost(held, self.roles)]
        if self.email is not MISSING:
            sentences.append("From then on they sign in with this email.")
        if self.password is not MISSING:
            sentences.append("Their present password no longer works.")
        return Consequences(sentences)

    def undoing(self, before: State, made: State) -> Undoing:
        """Put back all but a password."""
        defaults: dict[str, object] = {"roles": []}
        if "affiliate_commission" in before:
            defaults["affiliate_commission_type"] = "%"
        plan = put_back(
            self,
            before and self._answers_as_given({**defaults, **before}),
            lost={"password": "The former password cannot come back."},
            along=["affiliate_commission_type"] if "affiliate_commission" in self.model_fields_set else [],
        )

        def is_as_left(now: State | None) -> bool:
            return now is not None and plan.is_as_left(self._answers_as_given(now))

        return replace(plan, is_as_left=is_as_left)

    def _answers_as_given(self, user: State) -> State:
        """Return a user with the answers to the questions of this call only, in the words of arguments."""
        if self.custom_profile_fields is MISSING:
            return user
        key = "custom_profile_field_definition_id"
        answers = rows_in(user, "custom_profile_fields")
        asked = [field.custom_profile_field_definition_id for field in self.custom_profile_fields]
        told = [next((row.get("value") for row in answers if row.get(key) == each), None) for each in asked]
        return {
            **user,
            "custom_profile_fields": [
                {key: each, "value": value} for each, value in zip(asked, told, strict=True)
            ],
        }


class DeleteUser(
    UserByReference,
    Operation[None],
    delete="/users/{id}",
    operation_id="deleteUserByID",
    undo="",
    target=GetUser,
    done="User {user_id} deleted, with enrollments and progress.",
):
    """Delete a user for good, with enrollments and saved progress. To only end access, use update_enrollment."""

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell which enrollments go along."""
        # Enrollments are read by user here, and users by enrollments there.
        from thinkific_mcp.api.enrollments import ListEnrollments, enrollments_told

        given = int(self.user_id) if self.provider is MISSING else None
        user_id = getattr(target, "id", None) or given
        page = await look(ListEnrollments(user_id=user_id, limit=API_PAGE_SIZE)) if is_id(user_id) else None
        roles = getattr(target, "roles", None)
        held = [f"They hold these roles: {shown(roles)}."] if roles else []
        return Consequences([*held, *enrollments_told(page), "Saved progress is erased too."])


class GetUserAuthentication(
    Operation[UserAuthentication],
    get="/users/{id}/authentications/{provider}",
    operation_id="getUserAuthByIDAndProvider",
):
    """Get the external id that a user has with a single sign-on provider. Not found may mean they have none."""

    user_id: PathId
    provider: Provider
