"""Groups of students, and the analysts who may see their data."""

from collections.abc import Mapping
from typing import Any

from thinkific_mcp.api.naming import first_looked_up, is_id, items_of, looked_up, total_of
from thinkific_mcp.api.undoing import MOST_STEPS, listed, look_of, members_changed, take_away
from thinkific_mcp.api.users import GetUser, ListUsers, User
from thinkific_mcp.change import Consequences, Look, State, Step, Undoing
from thinkific_mcp.operation import Operation, Paging, PathId
from thinkific_mcp.result import Page, Result
from thinkific_mcp.values import API_PAGE_SIZE, Id, Integer, Integers, Text
from thinkific_mcp.wording import counted, enumerated, named, shown


class Group(Result):
    """A group of students; the token is part of its sign-up link."""

    id: Integer = None
    name: Text = None
    token: Text = None
    created_at: Text = None


class GroupAnalysts(Result):
    """The user ids of a group's analysts."""

    group_analysts: Integers = None

    def user_ids(self) -> list[int]:
        """Return the ids, without what is none."""
        return [user_id for user_id in items_of(self.group_analysts) if is_id(user_id)]


class ListGroups(Paging, Operation[Page[Group]], get="/groups", operation_id="getGroups"):
    """List the groups of students. Members of one: list_users with group_id."""


class CreateGroup(
    Operation[Group],
    post="/groups",
    operation_id="createGroup",
    guarded="",
    undo="deletes the group again",
):
    """Create an empty group. Then add_user_to_groups."""

    name: str

    def undoing(self, before: State, made: State) -> Undoing:
        """Delete the group."""
        return take_away(DeleteGroup, made, "Users who were added to the group since are no longer in it.")


class GetGroup(Operation[Group], get="/groups/{id}", operation_id="getGroup"):
    """Get a group's name and token. Members: list_users with group_id."""

    group_id: PathId


class DeleteGroup(
    Operation[None],
    delete="/groups/{id}",
    operation_id="deleteGroupByID",
    undo="",
    target=GetGroup,
    done="Group {group_id} deleted.",
):
    """Delete a group. Its members remain as users."""

    group_id: PathId

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell how many members and analysts lose it."""
        members = await look(ListUsers(group_id=self.group_id, limit=1))
        analysts = await look(ListGroupAnalysts(group_id=self.group_id))
        lost = "How many members lose it is not known; they remain as users."
        if members is not None:
            count = counted(total_of(members), "member loses", "members lose")
            lost = f"{count} what the group gave them; users they remain."
        seen = "How many analysts it has is not known."
        if analysts is not None:
            seen = f"{counted(len(analysts.user_ids()), 'analyst loses', 'analysts lose')} sight of their data."
        return Consequences([lost, seen])


class AddUserToGroups(
    Operation[None],
    post="/group_users",
    operation_id="createGroupUsers",
    idempotent=True,
    guarded="",
    undo="",
    target=GetUser,
    done="User {user_id} added to groups.",
):
    """Make a user a member of groups, by the exact names that list_groups tells. Cannot be undone here."""

    user_id: Id
    group_names: list[str]

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Tell that no tool takes them out again."""
        return Consequences(["A member cannot be taken out of a group here."])


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
    undo="takes the access away again",
    target=ListGroupAnalysts,
    done="Users {user_ids} are analysts of group {group_id}.",
):
    """Let users see the data of a group's members. Each needs the role group_analyst first: update_user."""

    group_id: Id
    user_ids: list[Id]

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Name the group, and those who will see its members' data."""
        group = await looked_up(GetGroup, self.group_id, look)
        people, lacking = await self._people(look)
        names = [named("user", people.get(user_id), user_id) for user_id in dict.fromkeys(self.user_ids)]
        sentences = [f"Will see the data of the members of {group}: {enumerated(names) or 'nobody'}."]
        present = [] if target is None else [user_id for user_id in target.user_ids() if user_id in self.user_ids]
        if present:
            sentences.append(f"Analysts of it already: {shown(present)}.")
        if lacking:
            sentences.append(f"Without the role group_analyst, which it takes: {shown(lacking)}.")
        return Consequences(sentences)

    async def _people(self, look: Look) -> tuple[Mapping[int, User], list[int]]:
        """Return with one request who could be read, and who is known to lack the role."""
        wanted = sorted(set(self.user_ids))
        if len(wanted) == 1:
            user = await look(GetUser.model_validate({"user_id": wanted[0]}))
            roles = getattr(user, "roles", None)
            is_lacking = isinstance(roles, list) and "group_analyst" not in roles
            return ({} if user is None else {wanted[0]: user}), wanted if is_lacking else []
        page = await look(ListUsers(role="group_analyst", limit=API_PAGE_SIZE))
        if page is None:
            return {}, []
        holders = {user.id: user for user in page.items if is_id(user.id)}
        is_whole = total_of(page) == len(page.items)
        return holders, [user_id for user_id in wanted if is_whole and user_id not in holders]

    def undoing(self, before: State, made: State) -> Undoing:
        """Take the access from those who did not have it before."""
        added = members_changed(before, "group_analysts", self.user_ids, were_there=False)
        if len(added) > MOST_STEPS:
            raise ValueError(f"It added {len(added)} analysts, and at most {MOST_STEPS} can be taken back.")
        return Undoing(
            [Step(RemoveAnalystFromGroup, {"group_id": self.group_id, "user_id": each}) for each in added],
            look_of(self),
            lambda now: now is not None and listed(now, "group_analysts", added) == added,
        )


async def analyst_removed(user_id: int, group_id: int, analysts: GroupAnalysts | None, look: Look) -> Consequences:
    """Tell who no longer sees whose data.

    Args:
        user_id: the analyst.
        group_id: the group.
        analysts: all analysts of the group; None where they could not be read.
        look: reads both names.
    """
    group = await looked_up(GetGroup, group_id, look)
    analyst = await looked_up(GetUser, user_id, look)
    is_none = analysts is not None and user_id not in analysts.user_ids()
    none = ["They are no analyst of it now, as far as Thinkific tells."] if is_none else []
    return Consequences([f"No longer sees the data of the members of {group}: {analyst}.", *none])


class RemoveAnalystFromGroup(
    Operation[None],
    delete="/groups/{group_id}/analysts/{user_id}",
    operation_id="removeAnalystFromGroup",
    undo="gives the access again",
    target=ListGroupAnalysts,
    done="User {user_id} is no longer an analyst of group {group_id}.",
):
    """Stop an analyst from seeing a group's data."""

    group_id: Id
    user_id: Id

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Name the analyst and the group."""
        return await analyst_removed(self.user_id, self.group_id, target, look)

    def undoing(self, before: State, made: State) -> Undoing:
        """Give the access again."""
        return _give_again(self, self.group_id, self.user_id, before)


class AddGroupsToAnalyst(
    Operation[None],
    post="/group_analysts/{user_id}/groups",
    operation_id="addGroupToAnalyst",
    idempotent=True,
    guarded="gives access to other people's data",
    undo="",
    target=GetUser,
    done="User {user_id} is an analyst of groups {group_ids}.",
):
    """Let one analyst see the data of several groups. Needs the role group_analyst first: update_user."""

    user_id: Id
    group_ids: list[Id]

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Name the groups whose members' data they will see."""
        groups = await first_looked_up(GetGroup, self.group_ids, look)
        return Consequences([f"They will see the data of the members of {groups or 'no group'}."])


class RemoveGroupFromAnalyst(
    Operation[None],
    delete="/group_analysts/{user_id}/groups/{group_id}",
    operation_id="removeGroupFromAnalyst",
    undo="gives the access again",
    target=ListGroupAnalysts,
    done="User {user_id} is no longer an analyst of group {group_id}.",
):
    """Take a group from an analyst: the same as remove_analyst_from_group."""

    user_id: Id
    group_id: Id

    async def consequences(self, target: Any, look: Look) -> Consequences:
        """Name the analyst and the group."""
        return await analyst_removed(self.user_id, self.group_id, target, look)

    def undoing(self, before: State, made: State) -> Undoing:
        """Give the access again."""
        return _give_again(self, self.group_id, self.user_id, before)


def _give_again(removal: Operation[None], group_id: int, user_id: int, before: State) -> Undoing:
    removed = members_changed(before, "group_analysts", [user_id], were_there=True)
    return Undoing(
        [Step(AddAnalystsToGroup, {"group_id": group_id, "user_ids": removed})],
        look_of(removal),
        lambda now: now is not None and not listed(now, "group_analysts", removed),
    )
