"""First names that say whether a figure is drawn as a woman or as a man where nothing else in the script does.

A name that is common for both is in neither list: then the other words decide, or chance.
"""

from typing import Final

_FEMALE = """
abby abigail ada adele agatha agnes aisha alexandra alexis alice alina alma amanda amara amber amelia amina amy ana anastasia andrea angela
angelica anita anjali anna annabel anne annie antonia anya april ariana arya ashley astrid audrey aurora ava ayesha barbara beatrice becky bella
bernadette beth betty beverly bianca birgit bonnie brenda bridget brigitte britta camila camille candice carla carmen carol carolina caroline
cassandra cecilia celeste celia charlotte cheryl chloe christina christine cindy claire clara constance cora cordelia courtney crystal cynthia
daisy dana daphne dawn debbie deborah delia delilah denise diana diane dina dolores donna doris dorothy edith edna eileen elaine eleanor elena
elise eliza elizabeth ella ellen elsa elsie emilia emily emma erica erika esme esmeralda estelle esther ethel eugenia eunice eva eve faith fatima
felicity fern fiona flora florence frances francesca freya frida gabriela gabrielle gemma georgia geraldine gertrude gina giulia gloria grace
greta gretchen gwen hana hannah harriet hazel heather heidi helen helena helga henrietta hilda holly hope ida ines ingrid irene irina iris isabel
isabella isabelle ivy jacqueline jada jane janet janice jasmine jean jenna jennifer jenny jess jessica jill joan joanna jocelyn josephine joy
joyce juanita judith judy julia julie juliet june kaitlyn kamala karen katarina kate katherine kathleen kathryn katie kavita kayla keiko kendra
kim kimberly kirsten klara kristin lakshmi lara larissa latisha laura lauren layla lea leah leila lena leona leticia lillian lily lin linda linh
lisa lola lorraine lotte lou louise lucia lucy luna lydia mabel madeleine magda maggie mai maisie mandy mara margaret margarita margot maria
marian marianne marie marina marion marjorie marta martha martina mary mathilda matilda maureen may maya megan mei melanie melissa mercedes
meredith mia michelle mila mildred milena millie mina minnie miranda miriam molly monica muriel myra nadia nadine nancy naomi natalia natalie
natasha nell nicole nina noor nora norma olga olive olivia opal ophelia paige pamela patricia patty paula pauline pearl peggy penelope penny petra
phoebe phyllis pippa polly poppy priya priyanka rachel ramona rebecca regina renata rita roberta rosa rosalind rose rosemary rosie roxanne ruby
ruth sabine sabrina sadie sally samantha sandra saoirse sara sarah savannah selena selma serena shanice sharon sheila shirley sienna sigrid silvia
simone sofia sonia sophia sophie stacy stella stephanie sue susan susanna susanne suzanne svetlana sylvia tamara tanya tara tatiana teresa tess
tessa thelma theresa tiffany tilda tina tracy trudy uma ursula valentina valerie vanessa vera veronica vicky victoria viola violet virginia vivian
wanda wendy wilhelmina willa winifred xenia yara yasmin yolanda yuki yvonne zadie zara zelda zoe
"""

_MALE = """
aaron abdul abel abraham adam adrian ahmed aidan al alan albert alec alejandro alessandro alexander alfie alfonso alfred ali alistair alonso alvin
amir amit anders andre andreas andrew andy angelo angus anthony anton antonio archie arjun arnold art arthur arturo arun asher austin axel barney
barry bart basil ben benedict benjamin bernard bert bill billy bjorn bob bobby boris brad brandon brendan brett brian bruce bruno byron caleb
calvin cameron carl carlos cecil cedric cesar chad charles charlie chen chester chris christian christopher clarence clark claude clayton cliff
clifford clint clive clyde cody colin connor conrad craig curtis cyril dale damian damon dan daniel danny darius darren darryl dave david dean
dennis derek desmond dexter diego dieter dimitri dirk dmitri dominic don donald doug douglas duncan dustin dwayne dwight dylan earl ed eddie edgar
edmund eduardo edward edwin eli elias elijah elliot elmer emil emilio enrique enzo eric erik ernest ernie errol ethan eugene evan ezra fabian
felix ferdinand fernando finn floyd francis francisco frank franklin franz fred freddie frederick fritz gabriel gareth gary gavin gene geoffrey
george gerald gerard gilbert giles giovanni glen gordon graham grant greg gregory gunther gus gustav guy hal hamid hank hans harold harry harvey
hassan hector henrik henry herbert herman hiro homer horace howard hubert hugh hugo humphrey hussein ian ibrahim igor isaac ivan ivo jack jackson
jacob jacques jake jakob jamal james jan jared jason jasper javier jeff jeffrey jeremy jerome jerry jesse jesus jim jimmy joaquin joe joel johan
john johnny jon jonas jonathan jorge jose josef joseph josh joshua juan julian julio julius jurgen justin kai karim karl keith ken kenji kenneth
kevin khalid kieran klaus kurt kyle lance larry lars laurence lawrence leo leon leonard leroy lester levi lewis liam lloyd logan lorenzo louis
luca lucas luigi luis luke luther malcolm manuel marc marcel marco marcus mario mark marlon martin marvin mason mateo matt matthew maurice max
maxwell mehmet melvin michael miguel mike miles milo mohammed morris murray nathan neil nelson neville nicholas nick nico niels nigel noah noel
norman oleg oliver omar orlando oscar oswald otis otto owen pablo patrick paul pavel pedro pepe percy perry pete peter phil philip pierre quentin
rafael raj ralph ramon randall randy raoul rashid ravi ray raymond reggie reginald rex ricardo richard rick ricky robert roberto rod rodney
rodrigo roger roland rolf roman ron ronald ronnie rory roscoe ross roy rudolf rufus ruiz rupert russell ryan salvatore sam samir samuel sanjay
scott sean sebastian sergei sergio seth shane shaun sid sidney simon sinclair stan stanley stefan stephen steve steven stewart stuart sven ted
terence theo theodore thomas tim timothy tobias toby todd tom tommy tony travis trevor tristan tyler ulrich umar valentin vernon victor vijay
vikram viktor vince vincent vinnie vladimir wallace walter warren wayne wei wesley wilbur wilfred will william willie winston wolfgang wyatt
xavier yannick yusuf zachary
"""

FEMALE: Final = frozenset(_FEMALE.split())
MALE: Final = frozenset(_MALE.split())
