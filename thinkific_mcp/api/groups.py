"""Groups of students, and the analysts who may see their data."""

from thinkific_mcp.operation import Operation, Page, Paging, PathId, Result
from thinkific_mcp.values import Id, Integer, Integers, Text


class Group(Result):
    """A group of students; the token is part of its sign-up link."""

    id: Integer = None
    name: Text = None
    token: Text = None
    created_at: Text = None


class GroupAnalysts(Result):
    """The user ids of a group's analysts."""

    group_analysts: Integers = None


class ListGroups(Paging, Operation[Page[Group]], get="/groups", operation_id="getGroups"):
    """List the groups of students. Members of one: list_users with group_id."""


class CreateGroup(Operation[Group], post="/groups", operation_id="createGroup"):
    """Create an empty group. Then add_user_to_groups."""

    name: str


class GetGroup(Operation[Group], get="/groups/{id}", operation_id="getGroup"):
    """Get a group's name and token. Members: list_users with group_id."""

    group_id: PathId


class DeleteGroup(
    Operation[None],
    delete="/groups/{id}",
    operation_id="deleteGroupByID",
    done="Group {group_id} deleted.",
):
    """Delete a group. Its members remain as users."""

    group_id: PathId


class AddUserToGroups(
    Operation[None],
    post="/group_users",
    operation_id="createGroupUsers",
    idempotent=True,
    done="User {user_id} added to groups.",
):
    """Make a user a member of groups, by the exact names that list_groups tells. Cannot be undone here."""

    user_id: Id
    group_names: list[str]


class ListGroupAnalysts(
    Operation[GroupAnalysts], get="/groups/{group_id}/analysts", operation_id="getGroupAnalysts"
):
    """List the user ids of a group's analysts, who see its members' data. Names: get_user."""

    group_id: Id


class AddAnalystsToGroup(
    Operation[None],
    post="/groups/{group_id}/analysts",
    operation_id="postGroupAnalysts",
    idempotent=True,
    guarded="gives access to other people's data",
    done="Users {user_ids} are analysts of group {group_id}.",
):
    """Let users see the data of a group's members. Each needs the role group_analyst first: update_user."""

    group_id: Id
    user_ids: list[Id]


class RemoveAnalystFromGroup(
    Operation[None],
    delete="/groups/{group_id}/analysts/{user_id}",
    operation_id="removeAnalystFromGroup",
    done="User {user_id} is no longer an analyst of group {group_id}.",
):
    """Stop an analyst from seeing a group's data."""

    group_id: Id
    user_id: Id


class AddGroupsToAnalyst(
    Operation[None],
    post="/group_analysts/{user_id}/groups",
    operation_id="addGroupToAnalyst",
    idempotent=True,
    guarded="gives access to other people's data",
    done="User {user_id} is an analyst of groups {group_ids}.",
):
    """Let one analyst see the data of several groups. Needs the role group_analyst first: update_user."""

    user_id: Id
    group_ids: list[Id]


class RemoveGroupFromAnalyst(
    Operation[None],
    delete="/group_analysts/{user_id}/groups/{group_id}",
    operation_id="removeGroupFromAnalyst",
    done="User {user_id} is no longer an analyst of group {group_id}.",
):
    """Take a group from an analyst: the same as remove_analyst_from_group."""

    user_id: Id
    group_id: Id
