"""The pool of word-problem templates held out of training: other stories, other chains of steps."""

from itemwise.synthetic.template import Template
from itemwise.synthetic.words import PLACES, THINGS, TREATS

__all__ = ["HELD_OUT"]

# fmt: off
HELD_OUT: tuple[Template, ...] = (
    # one step
    Template("height-gap", {"a": range(120, 200), "b": range(90, 180)}, ("{a}-{b}",), (
        "{name} is {a} centimeters tall and {other} is {b} centimeters tall. By how many centimeters is {name} taller?",
        "{name} measures {a} cm, {other} {b} cm. How many centimeters lie between them?",
    )),
    Template("weeks-to-days", {"a": range(3, 30)}, ("{a}*7",), (
        "{name} stays abroad for {a} weeks. How many days is that?",
        "A plant needs {a} weeks to flower. For how many days does {name} wait?",
    )),
    Template("rows-of-trees", {"a": range(4, 30), "b": range(6, 30)}, ("{a}*{b}",), (
        "An orchard has {a} rows with {b} trees in each row. How many trees does it have?",
        "{name} plants {b} trees in every one of {a} rows. How many trees does {he} plant?",
    )),
    Template("price-per-kilo", {"a": range(3, 12), "b": range(12, 150)}, ("{b}/{a}",), (
        "{name} pays ${b} for {a} kilograms of nuts. How many dollars does one kilogram cost?",
        "{a} identical chairs cost ${b} together. What is the price of one chair in dollars?",
    )),
    Template("third-of-rope", {"a": range(12, 240), "d": (3, 4, 5, 6, 8)}, ("{a}/{d}",), (
        "A rope is {a} meters long. {name} cuts off {d:part} of it. How many meters does {he} cut off?",
        "A tank has room for {a} liters; {d:part} of that room is used. How many liters are used?",
    )),
    # two steps
    Template("climb-and-slip", {"a": range(40, 300), "b": range(5, 40), "c": range(10, 99)}, ("{a}-{b}", "{s1}+{c}"), (
        "{name} climbs {a} meters, slides down {b} meters and climbs {c} meters again. How high is {he} in meters?",
        "A lift is at {a} meters, sinks by {b} and rises by {c}. At how many meters does it stop?",
    )),
    Template("raise-in-pay", {"a": range(200, 1000, 100), "p": (5, 10, 15, 20, 25)}, ("{a}*{p}/100", "{a}+{s1}"), (
        "{name} earns ${a} a week and gets a raise of {p}%. How many dollars does {he} earn a week now?",
        "A rent of ${a} goes up by {p}%. What is the new rent in dollars?",
    )),
    Template("sets-and-singles", {"a": range(3, 15), "b": range(4, 13), "c": range(2, 20), "item": THINGS}, ("{a}*{b}", "{s1}+{c}"), (
        "{name} owns {a} albums with {b} {item} in each and {c} loose ones. How many {item} does {he} own?",
        "There are {a} sets of {b} {item} in a drawer, and {c} {item} beside them. How many {item} is that?",
    )),
    Template("team-leftover-room", {"a": range(5, 20), "b": range(4, 12), "c": range(10, 80)}, ("{a}*{b}", "{s1}-{c}"), (
        "A camp has {a} tents for {b} people each. {c} people have come. How many more can stay?",
        "{a} vans carry {b} riders each. So far {c} seats are given out. How many seats are open?",
    )),
    Template("faster-reader", {"a": range(20, 90), "b": range(2, 20), "c": range(2, 9)}, ("{a}+{b}", "{s1}*{c}"), (
        "{name} reads {a} pages an hour; {other} reads {b} pages an hour more. How many pages does {other} read in {c} hours?",
        "A new press makes {b} more prints a minute than the old one, which makes {a}. How many does it make in {c} minutes?",
    )),
    Template("gift-for-one", {"a": range(20, 120), "b": range(10, 60), "c": (2, 3, 4, 5, 6)}, ("{a}-{b}", "{s1}/{c}"), (
        "A gift costs ${a}. {name} pays ${b}; {c} friends share the rest equally. How many dollars does each friend pay?",
        "Of a ${a} bill, ${b} is covered by a voucher and {c} people split what is left. How many dollars does each pay?",
    )),
    Template("seconds-of-song", {"a": range(2, 8), "b": range(4, 20)}, ("{a}*{b}", "{s1}*60"), (
        "A record has {b} songs of {a} minutes each. How many seconds of music are on it?",
        "{name} holds {b} calls of {a} minutes each. How many seconds does {he} speak?",
    )),
    Template("speed-from-trip", {"a": range(40, 200), "b": range(40, 200), "c": range(2, 9)}, ("{a}+{b}", "{s1}/{c}"), (
        "{name} cycles {a} kilometers to a lake and {b} onward, in {c} hours. How many kilometers does {he} ride per hour?",
        "A boat sails {a} miles and then {b} miles within {c} days. How many miles is that per day?",
    )),
    Template("knives-and-forks", {"a": range(5, 40), "b": range(3, 9)}, ("{b}+1", "{a}*{s1}"), (
        "Every one of {a} guests gets {b} plates and one glass. How many pieces must {name} wash?",
        "{a} kits hold {b} screws and one key each. How many parts are in all the kits?",
    )),
    Template("percent-of-part", {"a": range(40, 400, 20), "b": range(10, 300, 10), "p": (10, 20, 50)}, ("{a}+{b}", "{s1}*{p}/100"), (
        "{a} adults and {b} children live in a village. {p}% of all have a bicycle. How many bicycle owners are there?",
        "{name} owns {a} red and {b} blue tiles. {p}% of the tiles are chipped. How many tiles are chipped?",
    )),
    Template("candles-burned", {"a": range(18, 40), "b": range(2, 4), "c": range(2, 6)}, ("{b}*{c}", "{a}-{s1}"), (
        "A candle is {a} centimeters high and burns down {b} centimeters an hour. How high is it after {c} hours?",
        "{name} has {a} matches and uses {b} on each of {c} evenings. How many matches are left?",
    )),
    # three steps
    Template("ladder-of-fractions", {"a": range(24, 300, 12), "d": (2, 3, 4), "e": (2, 3)}, ("{a}/{d}", "{a}-{s1}", "{s2}/{e}"), (
        "{name} spends {d:part} of ${a} on shoes and {e:part} of what is left on food. How many dollars does the food cost?",
        "Of {a} seeds {d:part} are eaten by birds, and {e:part} of the others sprout. How many seeds sprout?",
    )),
    Template("wheels-in-shop", {"a": range(3, 30), "b": range(3, 30)}, ("{a}*2", "{b}*3", "{s1}+{s2}"), (
        "A shop repairs {a} bicycles and {b} tricycles. How many wheels do they have together?",
        "{name} counts {a} scooters with 2 wheels and {b} carts with 3. How many wheels is that?",
    )),
    Template("paint-the-wall", {"a": range(4, 30), "b": range(3, 12), "c": range(2, 20)}, ("{a}*{b}", "{s1}-{c}", "{s2}*2"), (
        "A wall is {a} meters by {b} meters with {c} square meters of windows. It is painted twice. How many square meters is that?",
        "A {a} by {b} meter field has a {c} square meter pond. {name} mows the grass 2 times. How many square meters does {he} mow?",
    )),
    Template("bank-weeks", {"a": range(100, 500, 10), "b": range(10, 40), "c": range(2, 8), "d": range(20, 99)},
             ("{b}*{c}", "{a}-{s1}", "{s2}+{d}"), (
        "{name} has ${a} in the bank, takes out ${b} a week for {c} weeks and pays in ${d}. How many dollars are there now?",
        "A club with ${a} pays ${b} a month for {c} months and then receives ${d}. How many dollars does it hold?",
    )),
    Template("gap-in-sales", {"a": range(5, 40), "b": range(2, 12), "c": range(5, 40), "d": range(2, 12)},
             ("{a}*{b}", "{c}*{d}", "{s1}-{s2}"), (
        "{name} sells {a} maps at ${b}; {other} sells {c} pins at ${d}. How many dollars more does {name} take in?",
        "Team one plants {b} trees on each of {a} days, team two {d} on each of {c}. How many more does team one plant?",
    )),
    Template("start-of-show", {"a": range(13, 22), "b": range(0, 60, 5), "c": range(10, 50, 5), "d": range(10, 55, 5)},
             ("{a}*60+{b}", "{s1}-{c}", "{s2}-{d}"), (
        "A show starts at {a}:{b:02d}. {name} needs {c} minutes to dress and {d} to travel. How many minutes after midnight must {he} begin?",
        "The gate shuts at {a}:{b:02d}. Walking takes {c} minutes and packing {d}. How many minutes after midnight should {name} pack?",
    ), distractible=False),
    Template("teams-from-school", {"a": range(3, 9), "b": range(15, 30), "c": range(3, 20), "d": (4, 5, 6, 7, 8, 9, 11)},
             ("{a}*{b}", "{s1}-{c}", "{s2}/{d}"), (
        "{a} classes have {b} pupils each; {c} pupils are ill. The others form teams of {d}. How many teams are there?",
        "{name} cuts {a} ropes of {b} meters, throws {c} meters away, and makes {d} meter pieces. How many pieces are there?",
    )),
    Template("cheaper-by-bulk", {"a": range(5, 30), "b": range(2, 5), "c": range(6, 30)}, ("{a}*{c}", "{b}*{c}", "{s1}-{s2}"), (
        "A ball costs ${a}, but ${b} less when {c} are bought. What do {c} balls cost in dollars?",
        "Seats are ${a}; members save ${b} a seat. How many dollars do {c} members pay for one seat each?",
    )),
    Template("three-baskets", {"a": range(10, 80), "b": range(3, 30), "c": range(3, 9), "item": TREATS},
             ("{a}+{b}", "{a}+{s1}", "{s2}-{c}"), (
        "One basket holds {a} {item}, another {b} more than that. {name} eats {c}. How many {item} are left in both?",
        "{name} picked {a} {item}, {other} {b} more than {name}. They lost {c}. How many {item} do they bring home?",
    )),
    Template("medals-ratio", {"a": range(4, 40), "k": (2, 3, 4, 5), "b": range(2, 30)}, ("{a}*{k}", "{s1}+{b}", "{s2}-{a}"), (
        "A club won {a} medals last year. This year it won {b} more than {k:times} that. How many more medals is it this year?",
        "{name} had {a} fans. Now {he} has {b} more than {k:times} as many. By how many fans did {he} grow?",
    )),
    Template("phone-plan", {"a": range(10, 40), "b": range(50, 200, 10), "c": range(2, 10), "d": range(3, 13)},
             ("{c}*{d}", "{a}+{s1}", "{b}-{s2}"), (
        "A plan costs ${a} plus ${c} for each of {d} extra calls. {name} set aside ${b}. How many dollars remain?",
        "{name} has ${b}. Entry is ${a} and each of {d} rides ${c}. How many dollars are left after all rides?",
    )),
    # four steps
    Template("harvest-split", {"a": range(5, 20), "b": range(6, 30), "p": (10, 20, 25, 50), "c": (2, 3, 4, 5, 6), "item": TREATS},
             ("{a}*{b}", "{s1}*{p}/100", "{s1}-{s2}", "{s3}/{c}"), (
        "{a} trees bear {b} {item} each. {p}% rot and {c} neighbors share the rest. How many {item} does a neighbor get?",
        "{a} crates hold {b} {item} each. {p}% are sold, the others fill {c} equal bowls. How many {item} are in one bowl?",
    )),
    Template("mixed-fares", {"a": range(2, 10), "b": range(8, 30, 2), "c": range(2, 10)}, ("{b}/2", "{a}*{b}", "{c}*{s1}", "{s2}+{s3}"), (
        "A fare is ${b} and half of that for a child. What do {a} adults and {c} children pay in dollars?",
        "Full seats are ${b}, late seats half price. {name} sells {a} full and {c} late seats. How many dollars does {he} get?",
    )),
    Template("training-plan", {"a": range(3, 12), "b": range(1, 4)}, ("{a}+{b}", "{s1}+{b}", "{a}+{s1}", "{s3}+{s2}"), (
        "{name} runs {a} miles in week one and each week {b} more than in the week before. How many miles does {he} run in 3 weeks?",
        "A wall gets {a} bricks on day one and {b} more each day than the day before. How many bricks are laid in 3 days?",
    )),
    Template("hotel-bill", {"a": range(40, 150, 5), "b": range(2, 9), "c": range(5, 20), "d": range(10, 60)},
             ("{a}*{b}", "{b}*{c}", "{s1}+{s2}", "{s3}+{d}"), (
        "A room is ${a} a night and breakfast ${c}. {name} stays {b} nights with breakfast and pays ${d} for laundry. What is the bill?",
        "For {b} days a car costs ${a} a day, insurance ${c} a day, and fuel ${d} in all. How many dollars does {name} pay?",
    )),
    Template("cards-trade", {"a": range(40, 150), "b": range(3, 9), "c": range(2, 9), "k": (2, 3), "item": THINGS},
             ("{b}*{c}", "{a}-{s1}", "{b}*{k}", "{s2}+{s3}"), (
        "{name} has {a} {item} and trades with {b} people: {he} gives each {c} and gets {k} from each. How many has {he} now?",
        "Of {a} {item}, {name} gives {c} to each of {b} friends, who give back {k} each. How many {item} does {he} hold?",
    )),
    Template("two-taps", {"a": range(5, 20), "b": range(5, 20), "c": range(2, 6), "d": range(5, 30), "e": range(100, 400, 10)},
             ("{a}+{b}", "{s1}-{c}", "{s2}*{d}", "{e}+{s3}"), (
        "A pool has {e} liters. Taps add {a} and {b} liters a minute, a leak loses {c}. How many liters are in it after {d} minutes?",
        "{name} has ${e}, earns ${a} and ${b} a day from two jobs and spends ${c} a day. How many dollars has {he} after {d} days?",
    )),
    Template("votes-counted", {"a": range(100, 600, 20), "p": (20, 25, 30, 40, 50), "b": range(5, 40), "place": PLACES},
             ("{a}*{p}/100", "{s1}+{b}", "{s1}+{s2}", "{a}-{s3}"), (
        "{a} people vote on a new {place}. {p}% say yes, {b} more than that say no. How many do not answer?",
        "Of {a} tickets, {p}% are red and {b} more than that are blue. The rest are green. How many tickets are green?",
    )),
    # five steps
    Template("car-wash",
             {"a": range(5, 25), "b": range(4, 12), "c": range(3, 15), "d": range(10, 20), "e": (2, 3, 4, 5), "f": range(10, 60)},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}", "{s3}-{f}", "{s4}/{e}"), (
        "{e} friends wash {a} cars at ${b} and {c} vans at ${d}. Soap costs ${f}. They share the rest. How many dollars each?",
        "{e} potters sell {a} cups at ${b} and {c} vases at ${d}, pay ${f} for clay and split the rest. What does one get?",
    )),
    Template("class-collection", {"a": range(8, 30), "b": range(2, 9), "c": range(8, 30), "d": range(2, 9), "p": (10, 20, 25, 50)},
             ("{a}*{b}", "{c}*{d}", "{s2}-{s1}", "{s3}*{p}/100", "{s3}-{s4}"), (
        "{a} pupils give ${b} each, {c} parents ${d} each. {p}% of the parents' surplus goes to books. How much surplus stays?",
        "Shop one sells {a} hats at ${b}, shop two {c} at ${d}. The difference is taxed at {p}%. How many dollars of it are left?",
    )),
    Template("boxes-by-truck", {"a": range(2, 7), "b": range(10, 40), "c": range(5, 30), "d": range(2, 12), "e": (2, 3, 4, 5, 6)},
             ("{a}*{b}", "{s1}-{c}", "{s2}*{d}", "{s3}/{e}", "{s4}+{c}"), (
        "{a} trucks bring {b} boxes each; {c} are broken. Each good box has {d} lamps, shared by {e} shops. A shop also had {c}. How many?",
        "{a} shelves hold {b} crates each; {c} are empty. Full crates hold {d} pots for {e} gardens. A garden had {c} pots. How many now?",
    )),
    # six steps
    Template("bakery-day",
             {"a": range(3, 9), "b": range(10, 30), "p": (10, 20, 25, 50), "c": range(2, 6), "d": range(10, 60), "e": (2, 3, 4)},
             ("{a}*{b}", "{s1}*{p}/100", "{s1}-{s2}", "{s3}*{c}", "{s4}-{d}", "{s5}/{e}"), (
        "{a} ovens bake {b} loaves each. {p}% burn; the rest sell at ${c}. ${d} is spent and {e} bakers share. How many dollars each?",
        "{name} grows {a} rows of {b} roses. {p}% wither; others sell at ${c}. Tools cost ${d}; {e} people share. What does one get?",
    )),
    Template("reading-contest", {"a": range(10, 30), "b": range(5, 15), "c": range(5, 15), "d": range(3, 12), "k": (2, 3)},
             ("{a}+{b}", "{a}*{k}", "{s1}+{s2}", "{s3}+{a}", "{s4}-{c}", "{s5}*{d}"), (
        "{name} reads {a} pages a day, {other} {b} more, Max {k:times} {name}'s. Together they skip {c} a day. What do they read in {d} days?",
        "A shop sells {a} cups a day, a second {b} more, a third {k:times} the first. {c} a day come back. How many in {d} days?",
    )),
    Template("wood-and-nails", {"a": range(3, 12), "b": range(4, 15), "c": range(2, 9), "e": range(2, 7), "p": (10, 20, 25, 50)},
             ("{a}*{b}", "{a}*{c}", "{s1}+{s2}", "{s3}*{e}", "{s4}*{p}/100", "{s4}-{s5}"), (
        "A shelf needs {a} boards at ${b} and {a} hooks at ${c}. {name} makes {e} shelves and gets {p}% off. How many dollars is that?",
        "A kit has {a} lamps at ${b} and {a} wires at ${c}. {name} orders {e} kits with {p}% off. How many dollars does {he} pay?",
    )),
)
