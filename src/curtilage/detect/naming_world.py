"""Words that name many kinds at once, as the world outside Europe says and writes them.

As those in `naming.py`: kinds take them as `loose` words.
"""

from curtilage.detect import naming

NATIONAL_ID = (
    *naming.NATIONAL_ID,
    "id card", "id cards", "identity card", "identification", "national identity card", "citizenship number", "govt id", "residence permit", "civil id", "civil number",
    "cédula", "cédula de identidad", "número de cédula", "documento", "documento nacional de identidad", "carnet de identidad", "carteira de identidade", "identidade",
    "cartão de identidade", "身份证", "身份證", "身分證", "证件号", "신분증", "บัตรประชาชน", "الهوية", "رقم الهوية", "מספר זהות",
)  # fmt: skip
TAX_ID = (
    *naming.TAX_NUMBER,
    "tax payer number", "taxpayer", "tax registration", "identificación tributaria", "número de identificación tributaria", "contribuyente", "contribuinte",
    "registro de contribuyentes", "inscrição fiscal", "vat", "vat number", "vat no", "vat registration", "vat id", "税号", "纳税人识别号", "納税者番号",
)  # fmt: skip
COMPANY_ID = (
    *naming.COMPANY_NUMBER,
    "business no", "business registration", "business reg no", "entity number", "entity id", "corporate number", "corporate id", "employer number", "sales tax number",
    "vat", "vat number", "inscrição estadual", "registro da empresa", "企业代码", "会社番号",
)  # fmt: skip
HEALTH_ID = (
    *naming.HEALTH_INSURANCE,
    "health card number", "health id", "health insurance card", "health care number", "health care card", "personal health number", "medical card", "medical insurance",
    "insurance card", "insurance id", "medicare", "carte santé", "carte d'assurance maladie", "numéro d'assurance maladie", "seguro médico", "cartão de saúde",
)  # fmt: skip
SOCIAL_SECURITY = (
    *naming.SOCIAL_SECURITY,
    "social number", "seguro social", "seguridade social", "previdência social", "assurance sociale", "pension fund",
)  # fmt: skip
PASSPORT = (
    *naming.PASSPORT,
    "passport num", "passport card", "pass no", "número do passaporte", "护照", "護照", "旅券番号", "パスポート", "여권번호", "여권", "جواز السفر", "דרכון", "पासपोर्ट",
)  # fmt: skip
LICENCE = (
    *naming.DRIVING_LICENCE,
    "drivers licence", "driving permit", "license", "licence", "lic", "lic no", "license no", "dl", "dl number", "dl no", "dln", "carnet de conducir", "licencia de conducir", "licencia de conducción",
    "licencia de manejo", "carteira de motorista", "carteira nacional de habilitação", "cnh", "운전면허", "驾驶证", "驾照", "運転免許",
)  # fmt: skip
ACCOUNT = (
    *naming.BANK_ACCOUNT,
    "account num", "account id", "acct number", "bank details", "banking details", "bank number", "conta", "conta corrente", "compte", "conto", "conto bancario", "银行账号", "口座番号", "계좌번호",
)  # fmt: skip
PLATE = (
    *naming.VEHICLE_PLATE,
    "plate no", "license plate number", "licence plate number", "rego", "dominio", "patente", "placas", "车牌", "车牌号", "ナンバープレート", "차량번호",
)  # fmt: skip
