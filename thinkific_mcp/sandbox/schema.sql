-- The state of a school. Times are ISO 8601 text in UTC with whole seconds ("2026-01-31T09:00:00Z"),
-- lists are JSON text, booleans 0 or 1, amounts of money integer cents save where the API says otherwise.

-- Tells a school from any other database, whose version may be the same.
PRAGMA application_id = 1413894984;
PRAGMA user_version = 1;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT,
    company TEXT,
    headline TEXT,
    bio TEXT,
    avatar_url TEXT,
    roles TEXT NOT NULL DEFAULT '[]',
    affiliate_code TEXT,
    affiliate_commission REAL,
    affiliate_commission_type TEXT,
    affiliate_payout_email TEXT,
    external_source TEXT,
    administered_course_ids TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE authentications (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (user_id, provider),
    UNIQUE (provider, external_id)
);
CREATE TABLE custom_profile_field_definitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    label TEXT NOT NULL UNIQUE,
    field_type TEXT NOT NULL,
    required INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE custom_profile_fields (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    custom_profile_field_definition_id INTEGER NOT NULL REFERENCES custom_profile_field_definitions ON DELETE CASCADE,
    value TEXT,
    UNIQUE (user_id, custom_profile_field_definition_id)
);

CREATE TABLE instructors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER REFERENCES users ON DELETE SET NULL,
    title TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    bio TEXT,
    slug TEXT NOT NULL UNIQUE,
    avatar_url TEXT,
    email TEXT,
    created_at TEXT NOT NULL
);
CREATE TABLE courses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    subtitle TEXT,
    description TEXT,
    course_card_text TEXT,
    intro_video_youtube TEXT,
    contact_information TEXT,
    keywords TEXT,
    duration TEXT,
    banner_image_url TEXT,
    course_card_image_url TEXT,
    intro_video_wistia_identifier TEXT,
    administrator_user_ids TEXT NOT NULL DEFAULT '[]',
    reviews_enabled INTEGER NOT NULL DEFAULT 1,
    user_id INTEGER REFERENCES users ON DELETE SET NULL,
    instructor_id INTEGER REFERENCES instructors ON DELETE SET NULL
);
CREATE TABLE chapters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    duration_in_seconds INTEGER
);
CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    chapter_id INTEGER NOT NULL REFERENCES chapters ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    contentable_type TEXT NOT NULL,
    free INTEGER NOT NULL DEFAULT 0,
    take_url TEXT NOT NULL
);
CREATE TABLE bundles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    description TEXT,
    tagline TEXT,
    banner_image_url TEXT,
    bundle_card_image_url TEXT
);
CREATE TABLE bundle_courses (
    bundle_id INTEGER NOT NULL REFERENCES bundles ON DELETE CASCADE,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (bundle_id, course_id)
);

-- productable_type is 'Course' or 'Bundle'; each course and each bundle has one product.
CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created_at TEXT NOT NULL,
    productable_id INTEGER NOT NULL,
    productable_type TEXT NOT NULL,
    price REAL,
    position INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'published',
    name TEXT NOT NULL,
    private INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0,
    subscription INTEGER NOT NULL DEFAULT 0,
    days_until_expiry INTEGER,
    has_certificate INTEGER NOT NULL DEFAULT 0,
    keywords TEXT,
    seo_title TEXT,
    seo_description TEXT,
    description TEXT,
    card_image_url TEXT,
    slug TEXT NOT NULL,
    UNIQUE (productable_type, productable_id)
);
-- price, days_until_expiry, number_of_payments, interval_count, trial_interval_count, custom_first_price
-- are text because the API answers them as strings.
CREATE TABLE product_prices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    is_primary INTEGER NOT NULL DEFAULT 0,
    payment_type TEXT NOT NULL,
    label TEXT,
    price TEXT NOT NULL,
    days_until_expiry TEXT,
    pay_button_text TEXT,
    number_of_payments TEXT,
    interval TEXT,
    interval_count TEXT,
    trial_interval TEXT,
    trial_interval_count TEXT,
    custom_first_price TEXT,
    price_name TEXT NOT NULL,
    currency TEXT NOT NULL DEFAULT 'usd'
);
CREATE TABLE related_products (
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    related_product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    PRIMARY KEY (product_id, related_product_id)
);
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    description TEXT,
    slug TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE collection_products (
    collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    PRIMARY KEY (collection_id, product_id)
);

-- A free trial has no activated_at. bundle_id says through which bundle the student came, if any.
-- percentage_completed runs from 0.0 to 1.0.
CREATE TABLE enrollments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    bundle_id INTEGER REFERENCES bundles ON DELETE SET NULL,
    percentage_completed REAL NOT NULL DEFAULT 0,
    started_at TEXT,
    activated_at TEXT,
    completed_at TEXT,
    expiry_date TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (user_id, course_id)
);
CREATE INDEX enrollments_by_course ON enrollments (course_id);

-- quantity NULL: unlimited. amount is dollars when discount_type is 'fixed', per cent when 'percentage'.
-- A promotion without rows in promotion_products applies to every product.
CREATE TABLE promotions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    description TEXT,
    starts_at TEXT,
    expires_at TEXT,
    discount_type TEXT NOT NULL,
    amount REAL NOT NULL,
    duration INTEGER
);
CREATE TABLE promotion_products (
    promotion_id INTEGER NOT NULL REFERENCES promotions ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    PRIMARY KEY (promotion_id, product_id)
);
CREATE TABLE coupons (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    promotion_id INTEGER NOT NULL REFERENCES promotions ON DELETE CASCADE,
    code TEXT NOT NULL UNIQUE COLLATE NOCASE,
    note TEXT,
    quantity INTEGER,
    quantity_used INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    amount_cents INTEGER NOT NULL,
    subscription INTEGER NOT NULL DEFAULT 0,
    coupon_id INTEGER REFERENCES coupons ON DELETE SET NULL,
    coupon_code TEXT,
    affiliate_referral_code TEXT,
    status TEXT NOT NULL DEFAULT 'complete',
    created_at TEXT NOT NULL
);
CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    amount_cents INTEGER NOT NULL
);
CREATE INDEX order_items_by_order ON order_items (order_id);
CREATE TABLE external_orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    payment_provider TEXT NOT NULL,
    order_type TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE external_order_transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_order_id INTEGER NOT NULL REFERENCES external_orders ON DELETE CASCADE,
    kind TEXT NOT NULL,
    amount REAL NOT NULL,
    currency TEXT NOT NULL,
    reference TEXT,
    action TEXT,
    created_at TEXT NOT NULL
);

CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
);
CREATE TABLE group_users (
    group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE TABLE group_analysts (
    group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);

CREATE TABLE course_reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id INTEGER NOT NULL REFERENCES courses ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    rating INTEGER NOT NULL,
    title TEXT NOT NULL,
    review_text TEXT NOT NULL,
    approved INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
-- status is 'pending', 'approved' or 'denied'; only pending ones are listed.
CREATE TABLE publish_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id INTEGER NOT NULL REFERENCES products ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'pending',
    response_text TEXT,
    requesting_user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    responding_user_id INTEGER REFERENCES users ON DELETE SET NULL,
    completed_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE site_scripts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    src TEXT,
    content TEXT,
    page_scopes TEXT NOT NULL,
    location TEXT NOT NULL DEFAULT 'footer',
    load_method TEXT NOT NULL DEFAULT 'async',
    category TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
