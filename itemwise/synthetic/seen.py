"""The pool of word-problem templates that the embedded model is trained on, with other numbers and names."""

from itemwise.synthetic.template import Template
from itemwise.synthetic.words import PLACES, THINGS, TREATS

__all__ = ["SEEN"]

_PERCENTS = (5, 10, 20, 25, 30, 40, 50, 60, 75, 80)

# fmt: off
SEEN: tuple[Template, ...] = (
    # one step
    Template("collect-more", {"a": range(12, 95), "b": range(5, 95), "item": THINGS}, ("{a}+{b}",), (
        "{name} has {a} {item} and is given {b} more. How many {item} does {he} have now?",
        "After a fair, {name} adds {b} {item} to the {a} {item} {he} owned before. How many {item} is that?",
    )),
    Template("give-away", {"a": range(30, 99), "b": range(5, 60), "item": THINGS}, ("{a}-{b}",), (
        "{name} had {a} {item}. {He} gave {b} of them to {other}. How many {item} are left?",
        "Of {a} {item}, {name} hands {b} to {other}. How many {item} does {he} keep?",
    )),
    Template("full-boxes", {"a": range(3, 13), "b": range(6, 40), "item": TREATS}, ("{a}*{b}",), (
        "{name} packs {b} {item} into every box. How many {item} are in {a} full boxes?",
        "There are {a} boxes in a van, each with {b} {item}. How many {item} does the van carry?",
    )),
    Template("fair-share", {"a": range(12, 200), "b": range(3, 10), "item": TREATS}, ("{a}/{b}",), (
        "{name} shares {a} {item} equally among {b} friends. How many {item} does each friend get?",
        "{a} {item} are split evenly into {b} bags. How many {item} go into one bag?",
    )),
    Template("percent-of-crowd", {"a": range(20, 400, 20), "p": _PERCENTS, "place": PLACES}, ("{a}*{p}/100",), (
        "{a} people visit the {place}. {p}% of them arrive by bus. How many people arrive by bus?",
        "Out of {a} visitors at the {place}, {p}% carry an umbrella. How many carry an umbrella?",
    )),
    # two steps
    Template("half-as-many", {"a": range(8, 96, 2), "item": THINGS}, ("{a}/2", "{a}+{s1}"), (
        "{name} sold {a} {item} in spring and half as many in autumn. How many {item} did {he} sell in all?",
        "In one week {name} found {a} {item}, and in the next week half that number. How many {item} did {he} find?",
    )),
    Template("times-as-many", {"a": range(4, 40), "k": (2, 3, 4, 5), "item": THINGS}, ("{a}*{k}", "{a}+{s1}"), (
        "{name} has {a} {item}. {other} has {k:times} as many. How many {item} do they have together?",
        "{other} owns {k:times} as many {item} as {name}, who owns {a}. How many {item} do both own?",
    )),
    Template("change-back", {"a": range(2, 10), "b": range(2, 15), "c": (20, 50, 100)}, ("{a}*{b}", "{c}-{s1}"), (
        "{name} buys {a} tickets at ${b} each and pays with a ${c} bill. How many dollars does {he} get back?",
        "A ticket costs ${b}. {name} takes {a} of them and hands over ${c}. How many dollars of change is {he} due?",
    )),
    Template("two-day-wage", {"a": range(2, 9), "b": range(2, 9), "c": range(9, 26)}, ("{a}+{b}", "{s1}*{c}"), (
        "{name} works {a} hours on Monday and {b} hours on Tuesday for ${c} an hour. How many dollars does {he} earn?",
        "Paid ${c} per hour, {name} works {a} hours one day and {b} hours the next. What is {his} pay in dollars?",
    )),
    Template("pages-left", {"a": range(12, 45), "b": range(3, 8), "c": range(150, 400)}, ("{a}*{b}", "{c}-{s1}"), (
        "A book has {c} pages. {name} reads {a} pages a day for {b} days. How many pages are left?",
        "{name} reads {a} pages on each of {b} days. The book has {c} pages. How many pages has {he} still to read?",
    )),
    Template("drive-on", {"a": range(30, 75, 5), "b": range(2, 7), "c": range(5, 60)}, ("{a}*{b}", "{s1}+{c}"), (
        "{name} drives {a} miles an hour for {b} hours and then {c} miles more. How many miles does {he} drive?",
        "A coach goes {a} miles each hour for {b} hours, then another {c} miles. How many miles is the whole trip?",
    )),
    Template("sale-price", {"a": range(20, 300, 20), "p": (5, 10, 15, 20, 25, 30, 40, 50)}, ("{a}*{p}/100", "{a}-{s1}"), (
        "A coat costs ${a}. In the sale it is {p}% cheaper. How many dollars does the coat cost in the sale?",
        "{name} gets {p}% off a lamp priced at ${a}. How many dollars does {he} pay?",
    )),
    Template("hours-and-minutes", {"a": range(2, 9), "b": range(5, 60, 5)}, ("{a}*60", "{s1}+{b}"), (
        "A film lasts {a} hours and {b} minutes. How many minutes is that?",
        "{name} sleeps for {a} hours and {b} minutes. For how many minutes does {he} sleep?",
    )),
    Template("weekly-saving", {"a": range(5, 30), "b": range(3, 13), "c": range(10, 80)}, ("{a}*{b}", "{s1}-{c}"), (
        "{name} saves ${a} every week for {b} weeks and then spends ${c}. How many dollars are left?",
        "For {b} weeks {name} puts ${a} a week into a jar. {He} takes out ${c}. How many dollars stay in the jar?",
    )),
    Template("packs-needed", {"a": range(3, 12), "b": range(4, 20), "c": (4, 5, 6, 8, 10, 12), "item": TREATS}, ("{a}*{b}", "{s1}/{c}"), (
        "{a} children each want {b} {item}. The {item} come in packs of {c}. How many packs are needed?",
        "For {a} guests, {name} plans {b} {item} each. A pack holds {c} {item}. How many packs must {he} buy?",
    )),
    Template("average-of-two", {"a": range(20, 99), "b": range(20, 99)}, ("{a}+{b}", "{s1}/2"), (
        "{name} scores {a} points in one game and {b} in another. What is {his} average score?",
        "Two jars hold {a} and {b} beans. If both are made even, how many beans does each jar hold?",
    )),
    Template("fraction-absent", {"a": range(12, 200, 4), "d": (2, 3, 4, 5, 6, 8, 10), "place": PLACES}, ("{a}/{d}", "{a}-{s1}"), (
        "{a} people work at the {place}. Today {d:part} of them are away. How many people are at work?",
        "Of the {a} lamps in the {place}, {d:part} are broken. How many lamps still work?",
    )),
    # three steps
    Template("farm-legs", {"a": range(3, 40), "b": range(3, 40)}, ("{a}*4", "{b}*2", "{s1}+{s2}"), (
        "On a farm there are {a} cows and {b} hens. How many legs do the animals have in all?",
        "{name} counts {a} dogs and {b} ducks in a yard. How many legs is that?",
    )),
    Template("two-goods", {"a": range(2, 12), "b": range(2, 15), "c": range(2, 12), "d": range(2, 15), "item": TREATS},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}"), (
        "{name} buys {a} books for ${b} each and {c} pens for ${d} each. How many dollars does {he} spend?",
        "A stall sells {a} bags of {item} at ${b} and {c} jars of jam at ${d}. How many dollars does it take in?",
    )),
    Template("clock-span", {"a": range(7, 12), "b": range(0, 60, 5), "c": range(12, 19), "d": range(0, 60, 5)},
             ("{a}*60+{b}", "{c}*60+{d}", "{s2}-{s1}"), (
        "A train leaves at {a}:{b:02d} and arrives at {c}:{d:02d}. How many minutes does the trip take?",
        "{name} starts at {a}:{b:02d} and stops at {c}:{d:02d}. How many minutes pass?",
    )),
    Template("fence-cost", {"a": range(5, 40), "b": range(5, 40), "c": range(2, 10)}, ("{a}+{b}", "{s1}*2", "{s2}*{c}"), (
        "A garden is {a} meters long and {b} meters wide. A fence costs ${c} a meter. What does fencing it cost in dollars?",
        "{name} puts tape around a {a} by {b} meter court. Tape is ${c} a meter. How many dollars does {he} pay?",
    )),
    Template("eggs-by-dozen", {"a": range(6, 40), "b": range(3, 8), "c": range(4, 60)}, ("{a}*{b}", "{s1}-{c}", "{s2}/12"), (
        "{a} hens lay {b} eggs each. {name} uses {c} eggs and packs the rest by the dozen. How many dozens are there?",
        "From {a} nests {name} takes {b} eggs each. {c} break. The others fill cartons of 12. How many cartons are filled?",
    )),
    Template("older-siblings", {"a": range(4, 20), "k": (2, 3, 4), "b": range(2, 9)}, ("{a}*{k}", "{s1}+{b}", "{a}+{s2}"), (
        "{name} is {a}. {other} is {b} years older than {k:times} {name}'s age. What is the sum of their ages?",
        "{other}'s age is {k:times} {name}'s age plus {b}. {name} is {a}. How old are they together?",
    ), distractible=False),
    Template("average-of-three", {"a": range(10, 99), "b": range(10, 99), "c": range(10, 99)}, ("{a}+{b}", "{s1}+{c}", "{s2}/3"), (
        "{name} runs {a}, {b} and {c} minutes on three days. How many minutes does {he} run a day on average?",
        "Three classes have {a}, {b} and {c} pupils. How many pupils does a class have on average?",
    )),
    Template("percent-then-rest", {"a": range(40, 400, 20), "p": (10, 20, 25, 30, 40, 50, 60), "b": range(5, 60), "item": TREATS},
             ("{a}*{p}/100", "{a}-{s1}", "{s2}-{b}"), (
        "A shop has {a} {item}. It sells {p}% of them in the morning and {b} in the afternoon. How many {item} remain?",
        "{name} picks {a} {item}. {p}% are spoiled and {b} are eaten. How many {item} are left?",
    )),
    Template("buses-for-trip", {"a": range(3, 12), "b": range(15, 32), "c": range(4, 20), "d": (10, 15, 20, 25, 30, 40)},
             ("{a}*{b}", "{s1}+{c}", "{s2}/{d}"), (
        "{a} classes of {b} pupils and {c} teachers go on a trip. A bus seats {d}. How many buses do they fill?",
        "{a} groups of {b} singers and {c} drummers travel in vans of {d} seats. How many vans are full?",
    )),
    Template("rate-both-ways", {"a": range(2, 12), "b": range(5, 7), "c": range(2, 9)}, ("{a}*2", "{s1}*{b}", "{s2}*{c}"), (
        "{name} walks {a} kilometers to work and back, {b} days a week. How many kilometers does {he} walk in {c} weeks?",
        "The ferry crosses {a} kilometers and returns, {b} times a week. How many kilometers is that in {c} weeks?",
    )),
    Template("recipe-scale", {"a": range(2, 10), "b": (2, 3, 4, 5, 6), "c": range(10, 80), "d": range(2, 20)},
             ("{c}/{b}", "{s1}*{a}", "{s2}+{d}"), (
        "A soup for {b} needs {a} carrots. {name} cooks for {c} and takes {d} carrots extra. How many carrots is that?",
        "Every {b} guests share {a} pies. For {c} guests {name} bakes that number and {d} more. How many pies are there?",
    )),
    # four steps
    Template("shopping-change", {"a": range(2, 9), "b": range(2, 9), "c": range(2, 9), "d": range(2, 9), "e": (50, 100, 200)},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}", "{e}-{s3}"), (
        "{name} buys {a} caps at ${b} and {c} scarves at ${d} and pays with ${e}. How many dollars does {he} get back?",
        "From ${e}, {name} pays for {a} plants at ${b} each and {c} pots at ${d} each. How many dollars are left?",
    )),
    Template("overtime-week", {"a": range(10, 26), "b": range(20, 41), "c": range(2, 9), "d": range(2, 7)},
             ("{a}*{b}", "{a}+{d}", "{s2}*{c}", "{s1}+{s3}"), (
        "{name} earns ${a} an hour for {b} hours and ${d} more per hour for {c} hours overtime. What does {he} earn in dollars?",
        "An hour pays ${a}; overtime pays ${d} more. {name} works {b} hours and {c} overtime. How many dollars is that?",
    )),
    Template("stock-moves", {"a": range(50, 300), "b": range(3, 12), "c": range(4, 20), "d": range(10, 90), "item": THINGS},
             ("{b}*{c}", "{a}-{s1}", "{s2}+{d}", "{s3}*2"), (
        "A store has {a} {item}. It sells {b} packs of {c} and gets {d} more. A second store has twice as many. How many is that?",
        "{name} has {a} {item}, gives {c} to each of {b} friends, finds {d}, then doubles {his} stock. How many are there?",
    )),
    Template("seats-taken", {"a": range(8, 26), "b": range(10, 31), "p": (10, 20, 25, 40, 50, 75), "c": range(3, 30), "place": PLACES},
             ("{a}*{b}", "{s1}*{p}/100", "{s1}-{s2}", "{s3}-{c}"), (
        "A hall at the {place} has {a} rows of {b} seats. {p}% are taken and {c} are broken. How many seats are free?",
        "The {place} sets up {a} rows of {b} chairs. {p}% are reserved, {c} are missing. How many can still be used?",
    )),
    Template("three-friends", {"a": range(6, 60), "k": (2, 3, 4), "b": range(3, 30), "item": THINGS},
             ("{a}*{k}", "{s1}-{b}", "{a}+{s1}", "{s3}+{s2}"), (
        "{name} has {a} {item}, {other} has {k:times} as many, and Max has {b} fewer than {other}. How many have they in all?",
        "{other} owns {k:times} {name}'s {a} {item}. Max owns {b} fewer than {other}. How many {item} do the three own?",
    )),
    Template("tank-level", {"a": range(200, 900, 10), "b": range(5, 30), "c": range(3, 20), "d": range(2, 15), "e": range(3, 20)},
             ("{b}*{c}", "{a}-{s1}", "{d}*{e}", "{s2}+{s3}"), (
        "A tank holds {a} liters. It loses {b} liters an hour for {c} hours, then gains {d} an hour for {e} hours. What is in it?",
        "{b} liters leave a {a} liter pond on each of {c} days; then {d} liters enter on each of {e} days. How many liters is that?",
    )),
    # five steps
    Template("profit-on-cakes", {"a": range(3, 10), "b": range(4, 13), "c": range(5, 15), "d": range(2, 5), "e": range(5, 40)},
             ("{a}*{b}", "{s1}*{c}", "{s1}*{d}", "{s2}-{s3}", "{s4}-{e}"), (
        "{name} bakes {a} trays of {b} cakes. A cake costs ${d} to make and sells at ${c}. The stall costs ${e}. What is the profit?",
        "{a} boxes of {b} mugs are made at ${d} a mug and sold at ${c} a mug. Rent is ${e}. How many dollars are earned?",
    )),
    Template("discounted-basket", {"a": range(2, 9), "b": range(5, 30, 5), "c": range(2, 9), "d": range(5, 30, 5), "p": (10, 20, 25, 50)},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}", "{s3}*{p}/100", "{s3}-{s4}"), (
        "{name} takes {a} shirts at ${b} and {c} belts at ${d} and gets {p}% off the sum. How many dollars does {he} pay?",
        "A bill has {a} lunches at ${b} and {c} dinners at ${d}. A coupon takes {p}% off. What is to be paid in dollars?",
    )),
    Template("two-shifts", {"a": range(3, 9), "b": range(10, 40), "c": range(3, 9), "d": range(10, 40), "e": (2, 4, 5, 10)},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}", "{s3}/{e}", "{s3}-{s4}"), (
        "A mill makes {b} planks an hour for {a} hours and {d} an hour for {c} hours. Of all planks {e:part} are sold. How many remain?",
        "{name} types {b} words a minute for {a} minutes and {d} for {c} minutes, then cuts {e:part} of them. How many words stay?",
    )),
    # six steps
    Template("school-fair",
             {"a": range(10, 60), "b": range(2, 8), "c": range(10, 60), "d": range(2, 8), "e": range(20, 90), "f": (2, 3, 4, 5)},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}", "{s3}-{e}", "{s4}/{f}", "{s5}*2"), (
        "A fair sells {a} tickets at ${b} and {c} at ${d}, pays ${e} and shares the rest among {f} classes. What do 2 classes get?",
        "{a} cards at ${b} and {c} prints at ${d} are sold. ${e} is spent; {f} artists share the rest. How many dollars do 2 get?",
    )),
    Template("long-trip",
             {"a": range(40, 70, 5), "b": range(2, 6), "c": range(40, 70, 5), "d": range(2, 6), "e": (10, 20, 25, 30), "f": range(2, 5)},
             ("{a}*{b}", "{c}*{d}", "{s1}+{s2}", "{s3}/{e}", "{s4}*{f}", "{s5}*2"), (
        "{name} drives {b} hours at {a} miles an hour and {d} at {c}. {e} miles take a gallon at ${f}. What does going and returning cost?",
        "A van does {a} miles in each of {b} hours and {c} in each of {d}. A ${f} gallon lasts {e} miles. What do 2 such trips cost?",
    )),
    Template("library-week", {"a": range(20, 90), "b": range(3, 7), "p": (10, 20, 25, 50), "c": range(4, 30), "d": range(5, 30)},
             ("{a}*{b}", "{s1}*{p}/100", "{s1}-{s2}", "{s3}+{c}", "{s4}-{d}", "{s5}*2"), (
        "A library lends {a} books a day for {b} days. {p}% come back. {c} more go out, {d} return. Twice that are out in May. How many?",
        "{name} picks {a} tulips on each of {b} days. {p}% wilt. {He} adds {c}, sells {d}, then doubles what is left. How many tulips are there?",
    )),
)
