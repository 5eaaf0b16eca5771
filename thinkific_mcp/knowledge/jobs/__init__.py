"""The jobs that admins have again and again, step by step, with the traps of each."""

from thinkific_mcp.knowledge.jobs.job import Job, JobArgument
from thinkific_mcp.knowledge.jobs.school import CLEAN_UP_CATALOGUE, LAUNCH_PROMOTION, MONTHLY_REVENUE
from thinkific_mcp.knowledge.jobs.students import (
    ACCESS_ENDING_SOON,
    ENROLL_PEOPLE,
    ONBOARD_COMPANY,
    STUDENT_AT_A_GLANCE,
    WHO_HAS_NOT_FINISHED,
)

JOBS: tuple[Job, ...] = (
    ENROLL_PEOPLE,
    STUDENT_AT_A_GLANCE,
    WHO_HAS_NOT_FINISHED,
    ACCESS_ENDING_SOON,
    LAUNCH_PROMOTION,
    ONBOARD_COMPANY,
    MONTHLY_REVENUE,
    CLEAN_UP_CATALOGUE,
)

__all__ = ["JOBS", "Job", "JobArgument"]
