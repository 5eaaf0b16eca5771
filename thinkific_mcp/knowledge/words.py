"""An admin's words and what they mean: as data."""

from collections.abc import Mapping

CONCEPTS: Mapping[str, str] = {
    "user": "user student learner pupil participant trainee attendee customer client member person people "
    "someone somebody anyone anybody everyone everybody employee subscriber buyer colleague staff account "
    "login graduate alumni folk guy man woman lady gentleman apprentice delegate contact candidate him her "
    "them his she he they kid guest profile whose sister brother wife husband boss friend mother father "
    "intern volunteer newcomer hire worker",
    "course": "course class training workshop program programme bootcamp masterclass tutorial seminar",
    "enrollment": "took taken enrollment enrolment enroll enrol access seat registration signup place spot "
    "admission unenroll taking takes join joined admit license licence roster attend studying study",
    "unenroll": "unenroll unenrol disenroll withdraw expel evict",
    "trial": "trial preview tryout taster try demo sample",
    "progress": "begun begin progress far percent percentage completion complete completed finish finished "
    "halfway done passed graduated started advance behind doing along stuck",
    "expiry": "expiry expire overdue expiration lapse until till deadline lifetime end ends ended ending "
    "due valid",
    "period": "day week month year longer time weekend fortnight quarter",
    "chapter": "chapter module section unit",
    "outline": "outline curriculum syllabus structure contents agenda toc",
    "lesson": "lesson lecture video quiz pdf content download worksheet handout slide exercise clip episode",
    "review": "review rating rate testimonial feedback star opinion praise critique",
    "bundle": "bundle package pack path combo",
    "product": "product catalogue catalog item offering merchandise",
    "store": "store shop storefront shopfront",
    "category": "category collection shelf",
    "price": "price cost charge expensive cheap cheapest fee tuition",
    "order": "order purchase transaction payment bought buy buying sold paid pay paying revenue turnover "
    "income earning earn earned money sell invoice proceeds takings",
    "card": "card visa mastercard amex stripe paypal bank klarna",
    "offline": "external offline offsite manual manually cash wire wired wiring bank cheque outside "
    "elsewhere transfer directly hand",
    "instalment": "instalment installment further next second third fourth final another rest remainder "
    "balance recurring monthly",
    "refund": "refund reimburse reimbursement chargeback returned",
    "promotion": "promotion promo discount deal sale offer campaign special off bargain markdown",
    "coupon": "coupon voucher code",
    "uses": "use used usage redeem redeemed redemption often limit limited unlimited quantity",
    "bulk": "bulk batch mass hundred hundreds thousand random many lots unique dozen",
    "group": "group cohort team company organisation organization department division squad crew intake firm",
    "analyst": "supervise supervising oversee figures numbers stats analyst report reporting reports "
    "supervisor analyse analyze insight overseer",
    "instructor": "instructor teacher trainer tutor coach lecturer faculty teach teaching teaches speaker "
    "professor educator facilitator mentor prof presenter",
    "script": "script pixel snippet javascript js tag widget tracker tracking analytics hotjar gtm banner "
    "intercom html embed chatbot popup plugin ga4",
    "sso": "sso okta openid oidc saml identity external azure auth0 idp provider",
    "field": "signupform field question attribute custom additional extra",
    "details": "bio headline photo picture avatar details detail info information portrait biography",
    "publish": "publish publication published live public release released",
    "request": "request pending waiting wait await awaiting queue unanswered ask asked asking",
    "related": "related similar recommend recommended recommendation upsell crosssell suggested suggestion upsold",
    "certificate": "certificate diploma badge credential certification",
    "mail": "mail email message newsletter announcement notify remind reminder",
    "result": "score grade result mark exam test answer survey assignment homework quiz",
    "subscription": "subscription membership recurring",
    "role": "role admin administrator affiliate rights permission",
    "approve": "approve accept allow ok okay yes permit confirm greenlight",
    "deny": "deny reject decline refuse disapprove no not",
    "create": "create add make new setup launch start generate register record log enter introduce "
    "establish build post issue produce mint form install onboard",
    "change": "change edit update modify rename correct fix adjust switch replace alter rewrite revise move "
    "amend raise increase lower reduce swap set turn convert reset reword rephrase bump tweak upgrade "
    "downgrade promote demote refresh double halve shift decrease cap retitle relabel transfer",
    "extend": "extend prolong lengthen renew longer more further keep postpone delay",
    "delete": "outof sack delete remove erase drop kill scrap wipe purge cancel dissolve disband uninstall "
    "disable retire discard away revoke deactivate out clear bin trash ditch axe leave left gone nolonger "
    "strike nuke zap dump eliminate detach terminate void invalidate toss throw rip unassign",
    "put": "put place file include assign give grant let insert sort get into stick pop slot throw comp "
    "gift hand award attach",
    "find": "find search look lookup locate",
    "all": "all every list everything overview which what how who show export any current currently",
    "one": "show open detail info tell pull display view single about fetch inspect",
    "undo": "undo revert rollback restore oops mistake reverse",
    "name": "name called named surname lastname firstname",
    "past": "overdue already ago former formerly",
    "soon": "soon upcoming coming about next shortly",
}
"""Each concept and the words that may mean it; a word may stand for several."""

OBJECTS = (
    "user course enrollment unenroll trial progress chapter outline lesson review bundle product store "
    "category price order offline instalment refund promotion coupon uses bulk group analyst instructor script "
    "sso field details publish request related certificate mail result subscription role card"
)
"""The concepts that are things; the order in which they come says which one is meant."""

ACTS = "approve deny create change extend delete put undo find"
"""The concepts that are deeds."""

PHRASES: Mapping[str, str] = {
    "enrolment": "enrollment",
    "enrolments": "enrollments",
    "sign up": "signup",
    "signs up": "signup",
    "signed up": "signup",
    "sign ups": "signup",
    "sign in": "login",
    "log in": "login",
    "log on": "login",
    "logs in": "login",
    "logged in": "login",
    "set up": "setup",
    "sets up": "setup",
    "get rid of": "delete",
    "take down": "delete",
    "call off": "cancel",
    "go live": "publish",
    "goes live": "publish",
    "going live": "publish",
    "went live": "publish",
    "run out": "expire",
    "runs out": "expire",
    "running out": "expire",
    "money back": "refund",
    "charge back": "refund",
    "charged back": "refund",
    "single sign on": "sso",
    "cross sell": "crosssell",
    "cross sells": "crosssell",
    "up sell": "upsell",
    "may also like": "related",
    "might also like": "related",
    "people also": "related",
    "turn down": "deny",
    "turned down": "deny",
    "say no": "deny",
    "not ready": "deny",
    "say yes": "approve",
    "sign off": "approve",
    "green light": "approve",
    "no longer": "nolonger",
    "any more": "nolonger",
    "any longer": "nolonger",
    "anymore": "nolonger",
    "learning path": "bundle",
    "table of contents": "outline",
    "take back": "undo",
    "roll back": "undo",
    "last name": "lastname",
    "family name": "lastname",
    "first name": "firstname",
    "the order of": "sequence",
    "in order": "sequence",
    "sales campaign": "campaign",
    "sales campaigns": "campaign",
    "sales": "turnover",
    "make sure": "please",
    "tell me": "show",
    "let me know": "show",
    "registration form": "signupform",
    "signup form": "signupform",
    "sign up form": "signupform",
    "give me": "show",
    "expired": "overdue",
    "lapsed": "overdue",
    "ran out": "overdue",
    "has run out": "overdue",
    "have run out": "overdue",
    "has ended": "overdue",
    "have ended": "overdue",
    "pull up": "show",
    "course admin": "admin",
    "course admins": "admins",
    "site admin": "admin",
    "site admins": "admins",
    "out of": "outof",
    "away from": "outof",
    "off of": "outof",
    "rid of": "delete",
    "get me": "show",
    "send me": "show",
    "bring up": "show",
    "promo code": "coupon",
    "promo codes": "coupons",
    "promotion code": "coupon",
    "discount code": "coupon",
    "discount codes": "coupons",
    "voucher code": "coupon",
    "voucher codes": "coupons",
    "coupon code": "coupon",
    "coupon codes": "coupons",
    "tracking code": "script",
    "tracking codes": "scripts",
    "embed code": "script",
    "custom code": "script",
    "knock off": "discount",
    "free of charge": "free",
    "as well": "also",
    "trial period": "trial",
}
"""Words that mean something together."""

EMPTY = (
    "a an the of to in on at for by with and or but is are was were be been am do does did done has have had "
    "having i me my we us our you your it its this that these those there here please pls can could would "
    "should will just also so if then than as from too very really now right some such one ones up over under "
    "after before because while when want need like love hi hello thanks thank hey okay"
)
"""Words that tell no tool from another."""

DATES = (
    "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday today tomorrow yesterday tonight jan feb mar apr jun jul aug "
    "sep sept oct nov dec midnight"
)
