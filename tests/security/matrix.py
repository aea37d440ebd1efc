"""Who gets what answer where: every address of the studio, by method and by right. Written by hand, for a person to read.

Each line is an address, a method, and the answer for owner, producer, writer, artist, reviewer, client, a stranger to the project
and somebody who is not signed in; under a client's link also for its guest, whose cookie opens nothing else: elsewhere a guest is somebody who is not
signed in. `in` is a redirect to the sign-in page; a number is the status. Methods without a line
are answered 405 for everybody. GET stands for HEAD too. The requests themselves are good ones (BODIES): what differs is who asks.
The owner is also the installation's operator.
"""

ROLES = ("owner", "producer", "writer", "artist", "reviewer", "client", "stranger", "anonymous", "guest")

MATRIX = """
address                     method  owner  producer  writer  artist  reviewer  client  stranger  anonymous

healthy                     GET     200    200       200     200     200       200     200       200
start                       GET     200    200       200     200     200       200     200       200
start                       POST    302    302       302     302     302       302     302       302
account                     GET     200    200       200     200     200       200     200       in
account                     POST    302    302       302     302     302       302     302       in
account_login               GET     302    302       302     302     302       302     302       200
account_login               POST    302    302       302     302     302       302     302       200
account_logout              GET     200    200       200     200     200       200     200       in
account_logout              POST    in     in        in      in      in        in      in        in
account_change_password     GET     302    302       302     302     302       302     302       in
account_change_password     POST    302    302       302     302     302       302     302       in
account_set_password        GET     200    200       200     200     200       200     200       in
account_set_password        POST    302    302       302     302     302       302     302       in

overview:home               GET     200    200       200     200     200       200     200       in
projects:new                GET     200    200       200     200     200       200     200       in
projects:new                POST    302    302       302     302     302       302     302       in
projects:join               GET     200    200       200     200     200       200     200       200
projects:join               POST    302    302       302     302     302       302     302       302

overview:project            GET     200    200       200     200     200       403     404       in
overview:filmline           GET     200    200       200     200     200       403     404       in
overview:search             GET     200    200       200     200     200       403     404       in
overview:activity           GET     200    200       200     200     200       403     404       in
overview:presence           GET     200    200       200     200     200       403     404       in

projects:settings           GET     200    200       200     200     200       403     404       in
projects:details            POST    302    302       403     403     403       403     404       in
projects:invitations        POST    200    200       403     403     403       403     404       in
projects:revocation         POST    200    200       403     403     403       403     404       in
projects:role               POST    200    200       403     403     403       403     404       in
projects:removal            POST    200    200       403     403     403       403     404       in
projects:deletion           POST    302    403       403     403     403       403     404       in

shelf:page                  GET     200    403       403     403     403       403     403       in
shelf:additions             POST    302    403       403     403     403       403     403       in
shelf:pause                 POST    200    403       403     403     403       403     403       in
shelf:resumption            POST    200    403       403     403     403       403     403       in
shelf:removal               POST    200    403       403     403     403       403     403       in
shelf:commands              POST    200    403       403     403     403       403     403       in

media:asset                 GET     200    200       200     200     200       403     404       in

ledger:costs                GET     200    200       200     200     200       403     404       in
ledger:download             GET     200    200       200     200     200       403     404       in
ledger:budget               POST    302    302       403     403     403       403     404       in
ledger:rates                GET     200    403       403     403     403       403     403       in
ledger:terms                POST    302    403       403     403     403       403     403       in
ledger:addition             POST    302    403       403     403     403       403     403       in
ledger:withdrawal           POST    302    403       403     403     403       403     403       in

jobs:tray                   GET     200    200       200     200     200       403     404       in
jobs:preview                GET     204    204       204     204     204       403     404       in
jobs:cancellation           POST    200    200       403     200     403       403     404       in
jobs:cancellations          POST    200    200       403     200     403       403     404       in
jobs:retry                  POST    200    200       403     200     403       403     404       in

jobs:farm                   GET     200    403       403     403     403       403     403       in
jobs:wish                   POST    302    403       403     403     403       403     403       in
jobs:forget                 POST    302    403       403     403     403       403     403       in
jobs:share                  POST    302    403       403     403     403       403     403       in
providers:page              GET     200    403       403     403     403       403     403       in
providers:addition          GET     200    403       403     403     403       403     403       in
providers:addition          POST    302    403       403     403     403       403     403       in
providers:endpoint          GET     200    403       403     403     403       403     403       in
providers:endpoint          POST    302    403       403     403     403       403     403       in
providers:check             GET     200    403       403     403     403       403     403       in
providers:check             POST    200    403       403     403     403       403     403       in
providers:enabling          POST    302    403       403     403     403       403     403       in
providers:disabling         POST    302    403       403     403     403       403     403       in
providers:removal           POST    302    403       403     403     403       403     403       in

script:page                 GET     200    200       200     200     200       403     404       in
script:revisions            POST    302    302       302     403     403       403     404       in
script:fountain             GET     200    200       200     200     200       403     404       in
script:comparison           GET     200    200       200     200     200       403     404       in
script:drafts               GET     200    200       200     200     200       403     404       in
script:drafts               POST    202    202       202     403     403       403     404       in
script:acceptance           POST    302    302       302     403     403       403     404       in
script:removal              POST    200    200       200     403     403       403     404       in

world:page                  GET     200    200       200     200     200       403     404       in
world:card                  GET     200    200       200     200     200       403     404       in
world:description           POST    200    200       200     200     403       403     404       in

shots:shot_list             GET     200    200       200     200     200       403     404       in
shots:row                   GET     200    200       200     200     200       403     404       in
shots:page                  GET     200    200       200     200     200       403     404       in
shots:change                POST    200    200       200     200     403       403     404       in
shots:move                  POST    204    204       204     204     403       403     404       in
shots:addition              POST    302    302       302     302     403       403     404       in
shots:removal               POST    204    204       204     204     403       403     404       in
shots:restoration           POST    204    204       204     204     403       403     404       in
shots:line                  POST    200    200       200     403     403       403     404       in
shots:takes                 POST    202    202       403     202     403       403     404       in
shots:takes_fragment        GET     200    200       200     200     200       403     404       in
shots:version               POST    200    200       403     200     403       403     404       in
shots:comparison            GET     200    200       200     200     200       403     404       in
shots:source                GET     200    200       200     200     200       403     404       in
shots:film                  GET     200    200       200     200     200       403     404       in
shots:make_film             POST    202    202       403     202     403       403     404       in

storyboard:wall             GET     200    200       200     200     200       403     404       in
storyboard:animatic         GET     200    200       200     200     200       403     404       in
storyboard:panel            GET     200    200       200     200     200       403     404       in
storyboard:panel_of_shot    GET     200    200       200     200     200       403     404       in
storyboard:drawing          POST    202    202       202     202     403       403     404       in

shots:cue_takes             POST    202    202       403     202     403       403     404       in
sound:voice                 GET     200    200       200     200     200       403     404       in
sound:voice                 POST    200    200       403     200     403       403     404       in
sound:lines                 POST    202    202       403     202     403       403     404       in
sound:line_takes            POST    202    202       403     202     403       403     404       in
sound:price                 GET     200    200       200     200     200       403     404       in
sound:composer              GET     200    200       200     200     200       403     404       in
sound:composer              POST    200    200       403     200     403       403     404       in
sound:consents              GET     200    200       200     200     200       403     404       in
sound:consents              POST    200    200       403     403     403       403     404       in
sound:withdrawal            POST    200    200       403     403     403       403     404       in

material:page               GET     200    200       200     200     200       403     404       in
material:form               GET     200    200       200     200     200       403     404       in
material:engines            GET     200    200       200     200     200       403     404       in
material:pieces             GET     200    200       200     200     200       403     404       in
material:piece              GET     200    200       200     200     200       403     404       in
material:ask                POST    202    202       403     202     403       403     404       in
material:takes              POST    302    302       403     302     403       403     404       in
material:film               POST    202    202       403     202     403       403     404       in
material:price              POST   200    200       403     200     403       403     404       in
material:uploads            POST    202    202       403     202     403       403     404       in
material:use                POST    200    200       403     200     403       403     404       in
material:removal            POST    302    302       403     302     403       403     404       in
material:restoration        POST    302    302       403     302     403       403     404       in

timeline:page               GET     200    200       200     200     200       403     404       in
timeline:playlist           GET     200    200       200     200     200       403     404       in
timeline:operations         POST    200    200       403     200     403       403     404       in

review:page                 GET     200    200       200     200     200       403     404       in
review:revisions            POST    302    302       403     302     403       403     404       in
review:revision             GET     200    200       200     200     200       403     404       in
review:rules                POST    204    204       403     403     403       403     404       in
review:comparison           GET     200    200       200     200     200       403     404       in
review:playlist             GET     200    200       200     200     200       403     404       in
review:notes                GET     200    200       200     200     200       403     404       in
review:notes                POST    201    201       201     201     201       403     404       in
review:sheets               GET     200    200       200     200     200       403     404       in
review:sheets               POST    202    202       202     202     202       403     404       in
review:sheet                GET     200    200       200     200     200       403     404       in
review:download             GET     200    200       200     200     200       403     404       in
review:imports              POST    204    204       204     204     204       403     404       in
review:verdicts             POST    204    204       403     403     204       403     404       in
review:shot_notes           GET     200    200       200     200     200       403     404       in
review:shot_notes           POST    201    201       201     201     201       403     404       in
review:script_notes         GET     200    200       200     200     200       403     404       in
review:script_notes         POST    201    201       201     201     201       403     404       in
review:answers              POST    200    200       200     200     200       403     404       in
review:words                POST    200    422       422     422     422       403     404       in
review:resolution           POST    200    200       200     200     200       403     404       in
review:assignment           POST    200    200       200     200     200       403     404       in
review:retake               POST    200    200       403     200     403       403     404       in

share:links                 GET     200    200       200     200     200       403     404       in
share:links                 POST    201    201       403     403     403       403     404       in
share:link                  GET     200    200       200     200     200       403     404       in
share:details               POST    302    302       403     403     403       403     404       in
share:revocation            POST    302    302       403     403     403       403     404       in
share:preview               GET     302    302       403     403     403       403     404       in
share:page                  GET     200    200       200     200     200       200     200       200        200
share:password              POST    302    302       302     302     302       302     302       302        302
share:name                  POST    302    302       302     302     302       302     302       302        302
share:code                  POST    404    404       404     404     404       404     404       404        302
share:proof                 POST    404    404       404     404     404       404     404       404        302
share:playlist              GET     404    404       404     404     404       404     404       404        200
share:media                 GET     404    404       404     404     404       404     404       404        200
share:segment               GET     404    404       404     404     404       404     404       404        404
share:attachment            GET     404    404       404     404     404       404     404       404        200
share:clip                  GET     404    404       404     404     404       404     404       404        200
share:movie                 GET     404    404       404     404     404       404     404       404        200
share:notes                 GET     404    404       404     404     404       404     404       404        200
share:notes                 POST    404    404       404     404     404       404     404       404        201
share:answers               POST    404    404       404     404     404       404     404       404        201
share:statuses              GET     404    404       404     404     404       404     404       404        200
share:statuses              POST    404    404       404     404     404       404     404       404        200
share:watched               POST    404    404       404     404     404       404     404       404        204
share:verdict               POST    404    404       404     404     404       404     404       404        302
share:certificate           GET     404    404       404     404     404       404     404       404        404
share:shared                GET     200    200       200     200     200       200     200       200
share:shared-code           POST    302    302       302     302     302       302     302       302
share:shared-proof          POST    302    302       302     302     302       302     302       302
share:shared-leaving        POST    302    302       302     302     302       302     302       302
share:language              POST    302    302       302     302     302       302     302       302
notices:page                GET     200    200       200     200     200       200     200       in
notices:bell                GET     200    200       200     200     200       200     200       in
notices:panel               GET     200    200       200     200     200       200     200       in
notices:reading             POST    302    302       302     302     302       302     302       in
notices:one                 GET     302    404       404     404     404       404     404       in
notices:unsubscribe         GET     200    200       200     200     200       200     200       200
notices:unsubscribe         POST    200    200       200     200     200       200     200       200
notices:choices             GET     200    200       200     200     200       403     404       in
notices:choices             POST    302    302       302     302     302       403     404       in
notices:hooks               GET     200    200       403     403     403       403     404       in
notices:hooks               POST    201    201       403     403     403       403     404       in
notices:hook                GET     200    200       403     403     403       403     404       in
notices:test                POST    302    302       403     403     403       403     404       in
notices:again               POST    302    302       403     403     403       403     404       in
notices:switch              POST    302    302       403     403     403       403     404       in
notices:removal             POST    302    302       403     403     403       403     404       in
work:board                  GET     200    200       200     200     200       403     404       in
work:column                 GET     200    200       200     200     200       403     404       in
work:cards                  GET     200    200       200     200     200       403     404       in
work:shot                   GET     200    200       200     200     200       403     404       in
work:shot                   POST    200    200       403     200     403       403     404       in
work:selection              POST    200    200       403     200     403       403     404       in
work:task                   POST    204    204       403     204     403       403     404       in
work:statuses               GET     200    200       200     200     200       403     404       in
work:statuses               POST    201    201       403     403     403       403     404       in
work:status                 POST    200    200       403     403     403       403     404       in
work:place                  POST    200    200       403     403     403       403     404       in
work:removal                POST    200    200       403     403     403       403     404       in
work:automations            POST    201    201       403     403     403       403     404       in
work:switch                 POST    200    200       403     403     403       403     404       in
work:automation_removal     POST    200    200       403     403     403       403     404       in
screening:page              GET     200    200       200     200     200       403     404       in
screening:live              GET     200    200       200     200     200       403     404       in
screening:playlists         POST    204    204       403     204     204       403     404       in
screening:playlist          GET     200    200       200     200     200       403     404       in
screening:playlist_reel     GET     200    200       200     200     200       403     404       in
screening:name              POST    204    204       403     204     204       403     404       in
screening:removal           POST    302    302       403     302     302       403     404       in
screening:items             GET     200    200       200     200     200       403     404       in
screening:items             POST    200    200       403     200     200       403     404       in
screening:place             POST    200    200       403     200     200       403     404       in
screening:item_removal      POST    200    200       403     200     200       403     404       in
screening:playlist_notes    GET     200    200       200     200     200       403     404       in
screening:playlist_notes    POST    201    201       201     201     201       403     404       in
screening:sessions          POST    302    302       403     302     403       403     404       in
screening:session           GET     200    200       200     200     200       403     404       in
screening:session_reel      GET     200    200       200     200     200       403     404       in
screening:people            GET     200    200       200     200     200       403     404       in
screening:session_notes     GET     200    200       200     200     200       403     404       in
screening:session_notes     POST    201    201       201     201     201       403     404       in
screening:presenter         POST    200    409       409     409     409       403     404       in
screening:end               POST    302    302       403     302     403       403     404       in

delivery:page               GET     200    200       200     200     200       403     404       in
delivery:exports            POST    202    202       403     202     403       403     404       in
delivery:download           GET     200    200       200     200     200       403     404       in
"""

# Sockets: who is let in. Everybody else is refused before a message passes.
SOCKETS = """
^projects/(?P<project>[-\\w]+)/live$    owner producer writer artist reviewer
"""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# A good request for every address that takes one: form fields, or JSON where `as` says so.
BODIES: dict[str, dict[str, object]] = {
    "start": {"name": "Ada", "email": "ada@example.com"},
    "account": {"name": "Bo", "colour": "teal"},
    "account_login": {"login": "nobody@example.com", "password": "wrong"},
    "account_set_password": {"password1": "a long new password", "password2": "a long new password"},
    "projects:new": {"name": "Dune", "rate": "25", "height": "360", "aspect": "16:9"},
    "projects:join": {"name": "Cy", "email": "cy@example.com"},
    "projects:details": {"name": "The Lighthouse II"},
    "projects:invitations": {"role": "artist"},
    "projects:role": {"role": "writer"},
    "projects:deletion": {"name": "The Lighthouse"},
    "providers:addition": {"kind": "openai", "name": "Another", "url": "https://models.example/v1", "key": "sk-1", "settings.price_in": "0.15"},
    "providers:endpoint": {"kind": "openai", "name": "House", "url": "https://models.example/v2", "key": "sk-2", "revision": "1"},
    "shelf:additions": {"what": "owner/another-model", "source": "hub"},
    "shelf:commands": {"what": "unload"},
    "script:revisions": {"text": "INT. BARN - DAY\n\nHay.\n", "base": "2"},
    "script:drafts": {"brief": "A keeper and a fox.", "scenes": "3", "writer": "openai:House"},
    "script:acceptance": {"base": "2"},
    "world:description": {"notes": "A grey coat.", "revision": "1"},
    "shots:change": {"lens": "50", "revision": "1"},
    "shots:line": {"text": "Two more nights."},
    "shots:takes": {"count": "1", "size": "close-up", "lens": "65", "action": "Mara smiles.", "frames": "31", "revision": "1"},
    "jobs:wish": {"wish": "drain"},
    "jobs:share": {"weight": "2", "limit": "", "reserved": "1"},
    "ledger:budget": {"hours": "20", "money-EUR": "250"},
    "ledger:terms": {"currency": "usd", "per_kwh": "0.31"},
    "ledger:addition": {"card": "*H100*", "per_hour": "2.40", "watts": "700"},
    "ledger:withdrawal": {"card": "cpu"},
    "sound:consents": {"kind": "designed", "person": "The Narrator", "words": "It imitates nobody.", "scope": "This film"},
    "material:ask": {"engine": "diffusers", "task": "still", "model": "tiny", "prompt": "A fox.", "width": "64", "height": "64"},
    "material:price": {"engine": "diffusers", "task": "still", "model": "tiny", "prompt": "A fox.", "width": "64", "height": "64"},
    "material:takes": {"engine": "diffusers", "task": "shot", "model": "tiny", "prompt": "A fox.", "width": "64", "height": "64"},
    "material:film": {"engine": "diffusers", "task": "shot", "model": "tiny", "width": "64", "height": "64"},
    "review:notes": {"text": "Her hand is in the lamp.", "first": "3", "last": "9"},
    "review:imports": {"form": "csv"},
    "review:verdicts": {"verdict": "with notes", "signed": "Ada Person", "words": "Lovely."},
    "review:rules": {"quorum": "2", "approvers": "client@example.com", "before_export": "on", "above_money": "5", "above_minutes": "30"},
    "review:shot_notes": {"text": "Closer.", "about": "panel"},
    "review:script_notes": {"text": "She would not say that.", "line": "6"},
    "review:answers": {"text": "Seen.", "revision": "1"},
    "review:words": {"text": "Her left hand is in the lamp.", "revision": "1"},
    "review:resolution": {"resolved": "1", "revision": "1"},
    "review:assignment": {"assigned": "", "revision": "1"},
    "notices:choices": {"mail": "daily", "wanted": "mentioned"},
    "notices:hooks": {"url": "https://hooks.example/firstcut", "kinds": "take.stored"},
    "notices:switch": {"active": "0"},
    "review:retake": {"revision": "1"},
    "share:links": {"name": "Cleo at the agency", "what": "revision-1", "days": "7", "may_note": "on"},
    "share:details": {"name": "Cleo", "recipients": ""},
    "share:password": {"password": "wrong"},
    "share:name": {"name": "Cleo"},
    "share:code": {"email": "cleo@example.com"},
    "share:proof": {"code": "123456"},
    "share:shared-code": {"email": "cleo@example.com"},
    "share:shared-proof": {"code": "123456"},
    "share:language": {"language": "de"},
    "share:notes": {"text": "Her hand is in the lamp.", "first": "3", "last": "9"},
    "share:answers": {"text": "Seen."},
    "share:watched": {"as": "json", "ranges": [[0, 30]]},
    "share:verdict": {"verdict": "approved", "signed": "Cleo"},
    "work:selection": {"field": "assigned", "value": ""},
    "work:shot": {"revision": "0", "assigned": "", "due": "2026-12-24"},
    "work:statuses": {"name": "On hold", "short": "HOLD", "colour": "live"},
    "work:status": {"name": "On its way", "short": "WIP", "colour": "boarded", "revision": "1"},
    "work:place": {"up": "1"},
    "work:automations": {"trigger": "note", "effect": "tell"},
    "work:switch": {"on": "0"},
    "screening:playlists": {"name": "For Friday"},
    "screening:name": {"name": "For Monday"},
    "screening:place": {"way": "up"},
    "screening:playlist_notes": {"text": "Her hand is in the lamp.", "first": "50", "last": "60"},
    "screening:sessions": {"revision": "1"},
    "screening:session_notes": {"text": "Her hand is in the lamp.", "first": "3", "last": "9"},
    "timeline:operations": {"as": "json", "kind": "trim", "base": 0, "source_in": 2, "source_out": 40},
}


def rows() -> dict[str, dict[str, dict[str, str]]]:
    """{address: {method: {role: answer}}}; HEAD is GET's."""
    table: dict[str, dict[str, dict[str, str]]] = {}
    for line in MATRIX.strip().splitlines()[1:]:
        if line.strip():
            address, method, *answers = line.split()
            if len(answers) == len(ROLES) - 1:
                answers.append(answers[-1])
            expected = dict(zip(ROLES, answers, strict=True))
            assert method not in table.get(address, {}), f"{address} {method} stands twice in the matrix"
            table.setdefault(address, {})[method] = expected
            if method == "GET":
                table[address]["HEAD"] = expected
    return table
