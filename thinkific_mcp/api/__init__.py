"""What the Thinkific Admin API offers: its 77 operations, one file per toolset."""

from collections.abc import Mapping, Sequence
from typing import Any

from thinkific_mcp.api import (
    bundles,
    categories,
    courses,
    enrollments,
    groups,
    instructors,
    orders,
    products,
    promotions,
    site_scripts,
    users,
)
from thinkific_mcp.operation import Operation

TOOLSETS: Mapping[str, Sequence[type[Operation[Any]]]] = {
    "users": (
        users.ListUsers,
        users.GetUser,
        users.CreateUser,
        users.UpdateUser,
        users.DeleteUser,
        users.GetUserAuthentication,
        users.ListCustomProfileFields,
    ),
    "enrollments": (
        enrollments.ListEnrollments,
        enrollments.GetEnrollment,
        enrollments.CreateEnrollment,
        enrollments.UpdateEnrollment,
    ),
    "courses": (
        courses.ListCourses,
        courses.GetCourse,
        courses.ListCourseChapters,
        courses.GetChapter,
        courses.ListChapterContents,
        courses.GetContent,
        courses.ListCourseReviews,
        courses.GetCourseReview,
        courses.CreateCourseReview,
    ),
    "bundles": (
        bundles.GetBundle,
        bundles.ListBundleCourses,
        bundles.ListBundleEnrollments,
        bundles.CreateBundleEnrollment,
        bundles.UpdateBundleEnrollment,
    ),
    "products": (
        products.ListProducts,
        products.GetProduct,
        products.ListRelatedProducts,
        products.ListPublishRequests,
        products.GetPublishRequest,
        products.ApprovePublishRequest,
        products.DenyPublishRequest,
    ),
    "categories": (
        categories.ListCategories,
        categories.GetCategory,
        categories.CreateCategory,
        categories.UpdateCategory,
        categories.DeleteCategory,
        categories.ListCategoryProducts,
        categories.AddProductsToCategory,
        categories.RemoveProductsFromCategory,
    ),
    "orders": (
        orders.ListOrders,
        orders.GetOrder,
        orders.CreateExternalOrder,
        orders.PurchaseExternalOrder,
        orders.RefundExternalOrder,
    ),
    "promotions": (
        promotions.ListPromotions,
        promotions.GetPromotion,
        promotions.GetPromotionByCoupon,
        promotions.CreatePromotion,
        promotions.UpdatePromotion,
        promotions.DeletePromotion,
        promotions.ListCoupons,
        promotions.GetCoupon,
        promotions.CreateCoupon,
        promotions.CreateCouponsInBulk,
        promotions.UpdateCoupon,
        promotions.DeleteCoupon,
    ),
    "groups": (
        groups.ListGroups,
        groups.GetGroup,
        groups.CreateGroup,
        groups.DeleteGroup,
        groups.AddUserToGroups,
        groups.ListGroupAnalysts,
        groups.AddAnalystsToGroup,
        groups.RemoveAnalystFromGroup,
        groups.AddGroupsToAnalyst,
        groups.RemoveGroupFromAnalyst,
    ),
    "instructors": (
        instructors.ListInstructors,
        instructors.GetInstructor,
        instructors.CreateInstructor,
        instructors.UpdateInstructor,
        instructors.DeleteInstructor,
    ),
    "site_scripts": (
        site_scripts.ListSiteScripts,
        site_scripts.GetSiteScript,
        site_scripts.CreateSiteScript,
        site_scripts.UpdateSiteScript,
        site_scripts.DeleteSiteScript,
    ),
}

OPERATIONS: Mapping[str, type[Operation[Any]]] = {
    operation.spec.name: operation for toolset in TOOLSETS.values() for operation in toolset
}
