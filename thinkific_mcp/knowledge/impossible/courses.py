"""What cannot be done about courses, lessons, progress and reviews."""

from thinkific_mcp.knowledge.impossible.entry import Impossible

COURSES = (
    Impossible(
        "edit_course",
        "Edit a course, its chapters, lessons or quizzes",
        "Courses, chapters and lessons can only be read here: change them in Thinkific's course builder.",
        ("get_course", "list_course_chapters", "list_courses"),
    ),
    Impossible(
        "create_course",
        "Create or copy a course",
        "Courses cannot be created or copied here: make them in Thinkific's course builder.",
        ("list_courses",),
    ),
    Impossible(
        "delete_course",
        "Delete a course",
        "Courses and bundles cannot be deleted here. The nearest: take its product out of its categories.",
        ("list_products", "list_categories", "remove_products_from_category"),
    ),
    Impossible(
        "lesson_texts",
        "Read the text or video of a lesson",
        "Only a lesson's name, type and link are told, not its text, video, file or questions.",
        ("list_chapter_contents", "get_content"),
    ),
    Impossible(
        "quiz_results",
        "See quiz, survey and assignment results",
        "Results of quizzes, exams, surveys and assignments are not told. The nearest: an enrollment's progress.",
        ("list_enrollments",),
    ),
    Impossible(
        "lesson_progress",
        "See progress lesson by lesson",
        "Progress is told for a course as a whole (percentage_completed), not lesson by lesson.",
        ("list_enrollments", "get_enrollment"),
    ),
    Impossible(
        "set_progress",
        "Mark as complete or reset progress",
        "Progress cannot be set or reset: only the student's own work changes it.",
        ("get_enrollment", "list_enrollments"),
    ),
    Impossible(
        "certificates",
        "Issue or read certificates",
        "Certificates cannot be issued or read. Who has completed a course: list_enrollments, completed true.",
        ("list_enrollments",),
    ),
    Impossible(
        "approve_review",
        "Approve a review",
        "Reviews cannot be approved here, only in Thinkific itself. Those waiting are in list_course_reviews.",
        ("list_course_reviews",),
    ),
    Impossible(
        "edit_review",
        "Edit or delete a review",
        "A review stays as it is: changing, answering or deleting one is done in Thinkific itself.",
        ("get_course_review", "list_course_reviews"),
    ),
    Impossible(
        "new_course_builder",
        "Reach courses of the new course builder",
        "Courses made with the new course builder are missing from most of this API. Try list_products.",
        ("list_products", "list_courses"),
    ),
)
