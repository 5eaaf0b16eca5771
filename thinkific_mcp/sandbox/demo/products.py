"""Products: courses and bundles as they are sold, with prices and categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thinkific_mcp.sandbox.demo.book import Book, read
from thinkific_mcp.sandbox.demo.courses import IMAGES, Course

COPIED = ("id", "created_at", "position", "status", "private", "hidden", "days_until_expiry", "has_certificate")


@dataclass(frozen=True)
class Product:
    """A product, as far as others need to know it.

    Attributes:
        courses: the courses that a purchase enrolls in.
        bundle_id: the bundle it sells; None when it sells a single course.
        created: when it was created, in days from now.
        prices: the ways to pay in cents, the usual one first.
        payment_type: the usual way to pay.
        popularity: how often students choose it; 0 is never on their own.
        days: how many days of access a purchase gives; None is for ever.
    """

    id: int
    courses: tuple[Course, ...]
    bundle_id: int | None
    created: float
    prices: tuple[int, ...]
    payment_type: str
    popularity: int
    days: int | None


def add_products(book: Book, courses: Mapping[int, Course]) -> list[Product]:
    """Write bundles, products, prices and categories, and return the products."""
    shop = read("products")
    bundles = {bundle["id"]: bundle for bundle in shop["bundles"]}
    for bundle in bundles.values():
        _add_bundle(book, bundle)
    products = [_add_product(book, product, bundles, courses) for product in shop["products"]]
    for product in shop["products"]:
        for related in product.get("related_product_ids", ()):
            book.add("related_products", {"product_id": product["id"], "related_product_id": related})
    for collection in shop["collections"]:
        book.add("collections", {key: value for key, value in collection.items() if key != "product_ids"})
        for product_id in collection["product_ids"]:
            book.add("collection_products", {"collection_id": collection["id"], "product_id": product_id})
    return products


def _add_bundle(book: Book, bundle: dict[str, Any]) -> None:
    row = {key: bundle[key] for key in ("id", "name", "description", "tagline")}
    book.add("bundles", row | {"bundle_card_image_url": f"{IMAGES}/{bundle['slug']}-card.jpg"})
    for position, course_id in enumerate(bundle["course_ids"], 1):
        book.add("bundle_courses", {"bundle_id": bundle["id"], "course_id": course_id, "position": position})


def _add_product(
    book: Book, product: dict[str, Any], bundles: Mapping[int, dict[str, Any]], courses: Mapping[int, Course]
) -> Product:
    bundle_id = product.get("bundle_id")
    if bundle_id:
        bundle = bundles[bundle_id]
        included = tuple(courses[course_id] for course_id in bundle["course_ids"])
        sold = {key: bundle[key] for key in ("name", "slug", "description")}
        sold |= {"productable_type": "Bundle", "productable_id": bundle_id}
    else:
        course = courses[product["course_id"]]
        included = (course,)
        sold = {key: getattr(course, key) for key in ("name", "slug", "description", "keywords")}
        sold |= {"productable_type": "Course", "productable_id": course.id}
    prices = product["prices"]
    derived = {
        "price": prices[0]["price"],
        "subscription": prices[0]["payment_type"] == "subscription",
        "seo_title": f"{sold['name']} | Hearthmoor Baking School",
        "seo_description": sold["description"],
        "card_image_url": f"{IMAGES}/{sold['slug']}-card.jpg",
    }
    book.add("products", {key: product[key] for key in COPIED if key in product} | sold | derived)
    for price in prices:
        _add_price(book, product, price, sold["name"])
    return Product(
        id=product["id"],
        courses=included,
        bundle_id=bundle_id,
        created=product["created_at"],
        prices=tuple(price["price"] * 100 for price in prices),
        payment_type=prices[0]["payment_type"],
        popularity=product.get("popularity", 0),
        days=product.get("days_until_expiry"),
    )


def _add_price(book: Book, product: dict[str, Any], price: dict[str, Any], name: str) -> None:
    label = price.get("label")
    amounts = {key: str(float(price[key])) for key in ("price", "custom_first_price") if key in price}
    derived = {
        "product_id": product["id"],
        "is_primary": price is product["prices"][0],
        "days_until_expiry": product.get("days_until_expiry"),
        "price_name": f"{name} - {label}" if label else name,
    }
    book.add("product_prices", price | amounts | derived)
