"""Secrets in addresses and headers: tokens, cookies, logins."""

from curtilage.detect.credentials import is_basic, is_cookie, is_login, is_userinfo, without_stops
from curtilage.detect.issued import is_jwt
from curtilage.detect.models import Edge, Form, Kind, R, Strength
from curtilage.detect.named_values import spelled
from curtilage.detect.secrecy import is_placeholder, is_plausible

_DATABASES = (
    "postgres(?:ql)?|postgis|mysqlx?|mariadb|mongodb|rediss?|valkeys?|memcached|amqps?|rabbitmq|mssql|sqlserver"
    "|oracle|clickhouse|clickhouses|cockroach(?:db)?|crdb|nats|kafka|pulsar|mqtts?|stomp|ldaps?|neo4j|bolt|cassandra"
    "|scylla|couchdb|couchbases?|couchs?|influxdb|elasticsearch|opensearch|es|snowflake|redshift|bigquery|trino|presto"
    "|hive|impala|vertica|db2|ibm_db_sa|firebird|sybase|teradata|hana|exasol|dremio|databricks|questdb|timescaledb|tidb"
    "|yugabytedb|arangodb|surrealdb|rethinkdb|libsql|etcd|consul|tds|odbc|jtds"
)
_WEB = "https?|ftps?|sftp|ssh|scp|smtps?|imaps?|pop3s?|git|wss?|svn|webdavs?|davs?|smb|cifs|afp|rtsps?|rtmps?|socks[45]h?|telnet|vnc|rdp|redis-sentinel|docker|vault|submission"
_SESSIONS = "PHPSESSID|JSESSIONID|SessionId|[.]ASPXAUTH|sessionid|session_id|connect[.]sid|laravel_session|ci_session|csrftoken|XSRF-TOKEN|SAPISID|li_at"
_HEADERS = spelled(
    "x api key|x auth token|x access token|x api token|x vault token|x gitlab token|x amz security token|x goog api key|x rapidapi key"
    "|x shopify access token|x figma token|x auth key|x csrf token|x xsrf token|x secret key|x client secret|x auth|private token"
    "|ocp apim subscription key|authorization|proxy authorization|x token"
)


KINDS = (
    Kind(
        type="SEC_JWT",
        title="JSON Web Token",
        category="secret.token.jwt",
        citation="RFC 7519 §3, RFC 7515 §7.1, RFC 7516 §7.1",
        forms=(
            Form(
                r"e[yw][0-9A-Za-z_\-]{10,2000}[.][0-9A-Za-z_\-]{4,16000}[.][0-9A-Za-z_\-]{0,1000}(?:[.][0-9A-Za-z_\-]{4,16000}[.][0-9A-Za-z_\-]{10,1000})?",
                score=0.95,
                edge=Edge.TOKEN,
                trigger=r"e[yw][0-9A-Za-z_\-]{10,}[.][0-9A-Za-z_\-]{4,}[.][0-9A-Za-z_.\-]*",
            ),
        ),
        check=is_jwt,
        words=("jwt", "bearer", "id token", "access token", "refresh token", "token"),
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_DB_URI",
        title="Database or broker address with password",
        category="secret.credential.uri",
        citation="RFC 3986 §3.2.1; URI schemes of the drivers",
        forms=(
            Form(
                rf"(?:jdbc:)?(?:{_DATABASES})(?:[+:][a-z0-9]{{1,20}}){{0,2}}://[^\x00-\x20:/@\"'<>`]{{0,100}}:[^\x00-\x20/\"'<>`]{{1,200}}@[0-9A-Za-z_.\-]{{1,253}}(?::[0-9]{{1,5}})?(?:,[0-9A-Za-z_.\-]{{1,253}}(?::[0-9]{{1,5}})?){{0,12}}(?:/[0-9A-Za-z_.\-/%]{{0,100}})?(?:[?][0-9A-Za-z_.\-=&%+:,/]{{0,300}})?",
                score=0.97,
                trigger=rf"(?:{_DATABASES})(?:[+:][a-z0-9]+)*://[^\x00-\x20:/@\"'<>`]*:[^\x00-\x20/\"'<>`]+@[0-9A-Za-z_.\-]",
                edge=Edge.HEAD,
                trim=without_stops,
            ),
            Form(
                r"jdbc:oracle:(?:thin|oci8?):[0-9A-Za-z_$#]{1,60}/[^\x00-\x20\"'<>`@]{1,100}@[0-9A-Za-z_.:/\-]{3,200}",
                score=0.97,
                edge=Edge.HEAD,
                trigger=r"jdbc:oracle:(?:thin|oci8?):[0-9A-Za-z_$#]",
                check=lambda value: not is_placeholder(value.rpartition("@")[0].rpartition("/")[2]),
            ),
        ),
        check=is_userinfo,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="URL_USERINFO",
        title="Web address with a password",
        category="secret.credential.uri",
        citation="RFC 3986 §3.2.1",
        forms=(
            Form(
                rf"(?:{_WEB})://[^\x00-\x20:/@\"'<>`?#]{{1,100}}:[^\x00-\x20/@\"'<>`?#]{{1,200}}@[0-9A-Za-z_.\-]{{1,253}}",
                score=0.95,
                trigger=rf"(?:{_WEB})://[^\x00-\x20:/@\"'<>`?#]+:[^\x00-\x20/@\"'<>`?#]+@[0-9A-Za-z_.\-]",
                edge=Edge.HEAD,
            ),
        ),
        check=is_userinfo,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SEC_BASIC_AUTH",
        title="HTTP Basic credentials",
        category="secret.credential.http",
        citation="RFC 7617 §2; curl(1); docker-login and npm keep them so in their files",
        forms=(
            Form(
                r"[Bb]asic[ ]{1,3}(?P<value>[0-9A-Za-z+/]{8,300}={0,2})", score=0.95, edge=Edge.WORD
            ),
            Form(
                r"_?auth[\"']?[ ]{0,2}[:=][ ]{0,2}[\"']?(?P<value>[0-9A-Za-z+/]{8,300}={0,2})",
                score=0.95,
                edge=Edge.WORD,
            ),
            Form(
                r"(?:curl|wget|http|xh)[ ][^\n|;]{0,300}?(?:-u|--user|--proxy-user|-U|-a|--auth)[ =]{0,2}[\"']?(?P<value>[^\x00-\x20\"':@/]{1,64}:[^\x00-\x20\"']{4,100})",
                score=0.9,
                trigger=r"(?:curl|wget|http|xh)[ ][^\n|;]*(?:-u|-user|-U|-a|-auth)[ =\"']{0,3}[^\x00-\x20\"':@/]+:[^\x00-\x20\"']",
                edge=Edge.HEAD,
                check=is_login,
            ),
        ),
        check=is_basic,
        strength=Strength.PROOF,
    ),
    Kind(
        type="SEC_BEARER",
        title="Bearer token or API key in a header",
        category="secret.token.http",
        citation="RFC 6750 §2.1",
        forms=(
            Form(
                r"[Bb]earer[ ]{1,3}(?P<value>[0-9A-Za-z._~+/\-]{16,2000}={0,2})",
                score=0.85,
                trigger=r"[Bb]earer[ ]{1,3}[0-9A-Za-z._~+/\-]{16,}={0,2}",
            ),
            Form(
                rf"(?:{_HEADERS})[\"']?[ ]{{0,2}}[:=,][ ]{{0,2}}[\"']?(?:(?:[Tt]oken|[Aa]pi-?[Kk]ey|[Kk]ey|[Bb]earer|SSWS|Bot|Klaviyo-API-Key|token=|[Dd]igest)[ ]{{0,2}})?[\"']?(?P<value>[0-9A-Za-z._~+/\-]{{16,1000}}={{0,2}})",
                score=0.85,
                trigger=rf"(?:{_HEADERS})[\"']?[ ]{{0,2}}[:=,][^\x00]{{1,}}",
            ),
        ),
        check=is_plausible,
        strength=Strength.NONE,
    ),
    Kind(
        type="COOKIE",
        title="Session cookie",
        category="secret.token.http",
        citation="RFC 6265 §4; session names of PHP, Java, ASP.NET, Django, Express, Rails",
        forms=(
            Form(
                r"(?:[Ss]et-)?[Cc]ookie[\"']?[ ]{0,2}[:=][ ]{0,2}[\"']?(?P<value>[0-9A-Za-z_.\-]{1,64}=[^\x00-\x1f\"']{8,4000})",
                score=0.9,
                edge=Edge.HEAD,
                trigger=r"[Cc]ookie[\"']?[ ]{0,2}[:=][ ]{0,2}[\"']?[0-9A-Za-z_.\-]{1,}",
                lead="[A-Za-z-]",
                trim=without_stops,
            ),
            Form(
                rf"(?:{_SESSIONS}|ASPSESSIONID[A-Z]{{8}}|[.]AspNetCore[.][A-Za-z.]{{1,40}}|__(?:Secure|Host)-[0-9A-Za-z_.\-]{{1,40}}|wordpress_logged_in_[0-9a-f]{{32}})=(?P<value>[0-9A-Za-z%:._~+/\-]{{16,1000}}={{0,2}})",
                score=0.85,
                edge=Edge.OPEN,
                trigger=rf"(?:(?:{_SESSIONS})=|ASPSESSIONID|[.]AspNetCore[.]|__(?:Secure|Host)-|wordpress_logged_in_)[0-9A-Za-z]{{1,}}",
                check=lambda value: is_cookie(f"={value}"),
            ),
            Form(  # what a sentence or a column calls a cookie, with its attributes if they follow
                r"(?:[A-Za-z][0-9A-Za-z_.\-]{1,30}=)?[0-9A-Za-z%_.~+/\-]{16,120}(?:;[ ](?:[A-Za-z][0-9A-Za-z_.\-]{1,18}(?:=[0-9A-Za-z%_.~+/,:\-]{1,20})?)){0,4}",
                R,
                0.5,
                trigger=r"[0-9A-Za-z%_.~+/\-]{16}",
                lead=r"[0-9A-Za-z_.=\-]",
                trim=without_stops,
                check=lambda value: is_cookie(
                    value if "=" in value.partition(";")[0] else f"={value}"
                ),
            ),
        ),
        check=is_cookie,
        words=("session cookie", "cookie"),
        strength=Strength.SHAPE,
    ),
)
