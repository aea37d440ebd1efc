"""Words of the script that are not props: lists for the cautious reader of action lines in `kinds`."""

from __future__ import annotations


def listed(text: str) -> frozenset[str]:
    """The words of a text."""
    words = text.split()
    return frozenset(words)


# Words of the action that name no object one could build: people, parts of bodies and rooms, times, abstractions.
NOT_THINGS = listed(
    """
    nose rich poor young old dead living beam match kiss hug punch shrug bow wink stare sob cough sneeze deal case truce score edge scent hum roar
    man woman boy girl child children baby people person crowd figure stranger friend mother father sister brother wife husband son daughter
    doctor nurse keeper captain officer waiter waitress barman bartender driver priest teacher student guard soldier sailor king queen cat
    dog horse bird gull gulls seagull hand hands face eye eyes head hair arm arms leg legs foot feet finger fingers shoulder shoulders knee
    knees lip lips mouth ear back chest cheek neck heart voice breath smile tear tears look glance gaze nod sigh laugh whisper scream shout
    word words line question answer silence sound noise music song tune story name room wall walls floor ceiling corner side end middle
    centre center edge top bottom front rear part rest half way step steps stair place space air sky sun moon stars cloud clouds rain snow
    wind storm fog mist light lights darkness dark shadow shadows night day morning evening moment second minute hour time year while beat
    pause distance direction view scene shot camera frame world life death love fear anger hope idea thought plan mind memory dream thing
    things something nothing anything everything everyone nobody other others one another door doors doorway window windows windowsill sill
    house home street road ground grass water sea ocean wave waves river lake shore beach sand earth dirt mud dust smoke heat cold weather
    horizon city town village country field hill path track line lot job work game fight turn try chance kind sort bit pair couple group row
    number corridor kitchen bedroom garden coat jacket hat dress shirt shoes boots scarf glove gloves apron trousers skirt sweater pocket
    sleeve collar uniform ring blood bell bells call signal alarm news truth lie secret mistake trouble problem help care handle knob lock
    latch surface rhythm pattern colour color smell taste deep breath table's reply response approach stop start past future present
    evening's leaf leaves branch branches trunk roof gap crack hole opening threshold entrance exit way platform's stone's engine's tide
    glow flicker spark flame's stove's
    cobble cobblestone flagstone paving pavement gravel pebble shingle kerb curb tarmac asphalt concrete turf soil clay moss puddle
    deck bow stern
    """
)

# What is said of a thing after its name: "pushes the door open", "holds the lamp high", "the curtains wide apart".
AFTER_OBJECT = listed(
    """
    open shut closed ajar wide apart aside away back home low high tight loose free clean dry straight upright upside together forward
    forwards backward backwards sideways outside inside upstairs downstairs overhead aloft ashore aboard overboard again once twice hard
    fast first last alone too instead empty full awake asleep alive aloud apiece anyway afterwards
    """
)

# Words for things that are more often something else; they count only right after an article or a number.
NEEDS_ARTICLE = listed(
    """
    crane tower rack machine cannon match lift mill pole stick hose shelter pump
    light lights drink range till bar stand case counter glass paper note letter card page form file board plan chart sign frame plane train
    bus engine tools tool
    """
)

# Words of props that in prose nearly always mean something else.
NEVER = listed(
    """
    match matches
    seat seats lights light orange stone stones ice palm camp rose bill cross wheel dummy brush meal food dinner breakfast lunch home house
    building water wine window drink
    """
)
