"""How often the decision on names and birthdays errs: wrongful disclosures and false no-matches.

A population and questions about it are generated from a seed: 35 kinds of variation that a person's
own data are typed in, and twins, relatives, strangers and impostors who show a number on record.
Other spellings come from sources that the rules of matching do not read: pypinyin's Wade-Giles,
iuliia's schemes for Russian, and the spellings that Wikidata (rigour's list) gives one name in the
letters of its own country. The decision is asked as the search asks it, without the database.

    python -m benchmarks.matching [--each N] [--daily N] [--seed S] [--examples N]
"""

from __future__ import annotations

import argparse
import random
import re
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import iuliia
from pypinyin import Style, lazy_pinyin

from benchmarks import febrl
from benchmarks.intervals import wilson
from verification.records import matching
from verification.records.matching import About, Name, name_of
from verification.records.names import PARTICLES, fold
from verification.records.naming import COMPOUND, FIRST_HALVES, ORDERED, SYLLABIC, known
from verification.records.population.name_lists import CULTURES, Culture


@dataclass(frozen=True, slots=True)
class Someone:
    """A person on record, or one who only shows a number."""

    culture: Culture
    family: str
    given: str
    born: date
    sex: str

    @property
    def name(self) -> Name:
        return name_of(self.family, self.given)

    @property
    def about(self) -> About:
        return About(frozenset({self.culture.country}), self.sex)


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, and whose record the number leads to; `own` when it is the asker's."""

    kind: str
    typed: Someone
    held: Someone
    own: bool


@dataclass(slots=True)
class Tally:
    asked: int = 0
    wrong: int = 0

    def line(self, name: str) -> str:
        low, high = wilson(self.wrong, self.asked)
        return (
            f"{name:46}{self.asked:8,}{self.wrong:7,}{self.wrong / max(1, self.asked):9.3%}"
            f"   {low:.3%} to {high:.3%}"
        )


@dataclass(slots=True)
class Report:
    """Wrongful disclosures and false no-matches by kind and by country, and the time it took."""

    wrongful: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    missed: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    countries: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    daily: Tally = field(default_factory=Tally)
    seconds: list[float] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __str__(self) -> str:
        head = f"{'':46}{'asked':>8}{'wrong':>7}{'share':>9}   95 %"
        lines = [head, "Wrongful disclosures"]
        lines += [tally.line(f"  {kind}") for kind, tally in sorted(self.wrongful.items())]
        lines += [total(self.wrongful).line("  all"), "False no-matches, each kind as often"]
        lines += [tally.line(f"  {kind}") for kind, tally in sorted(self.missed.items())]
        lines += [total(self.missed).line("  all"), self.daily.line("  as daily work mixes them")]
        lines += ["False no-matches as daily work mixes them, by country of birth"]
        lines += [tally.line(f"  {country}") for country, tally in sorted(self.countries.items())]
        times = sorted(self.seconds)
        half, most = times[len(times) // 2], times[int(len(times) * 0.99)]
        return "\n".join([*lines, f"Decision: p50 {half * 1e6:.0f} us, p99 {most * 1e6:.0f} us"])


def total(tallies: dict[str, Tally]) -> Tally:
    return Tally(sum(t.asked for t in tallies.values()), sum(t.wrong for t in tallies.values()))


# -- people --------------------------------------------------------------------------------------


def someone(draw: random.Random, culture: Culture | None = None) -> Someone:
    culture = culture or draw.choices(CULTURES, [c.weight for c in CULTURES])[0]
    sex = draw.choice("FM")
    pool = culture.women if sex == "F" else culture.men
    given = draw.choice(pool)
    if culture.middle or (culture.double and draw.random() < 0.3):
        other = draw.choice([name for name in pool if name != given] or [given])
        given = f"{given} {other}" if other != given else given
    if culture.patronymic:
        given = f"{given} {patronymic(draw.choice(culture.men), sex)}"
    family = draw.choice(culture.surnames)
    if culture.double and draw.random() < 0.8:
        family = f"{family} {draw.choice(culture.surnames)}"
    if culture.country == "RUS" and sex == "F" and family.endswith("v"):
        family += "a"
    born = date(1940, 1, 1) + timedelta(days=draw.randrange(80 * 365))
    if culture.country in {"AFG", "SOM", "SYR", "ETH"} and draw.random() < 0.15:
        born = born.replace(month=1, day=1)
    return Someone(culture, fold(family), fold(given), born, sex)


def patronymic(father: str, sex: str) -> str:
    stem = father.rstrip("iyao")
    return stem + ("ovna" if sex == "F" else "ovych")


class Book:
    """What `namebook` would know of this population."""

    def __init__(self, people: list[Someone]) -> None:
        self.people = len(people)
        self.given: Counter[str] = Counter()
        self.families: Counter[str] = Counter()
        self.sexes: Counter[tuple[str, str]] = Counter()
        for person in people:
            self.given.update(set(person.name.given))
            self.families.update(set(person.name.family))
            self.sexes.update((name, person.sex) for name in set(person.name.given))

    def is_given_name(self, name: str) -> bool:
        return self.given[name] > 0 or known.is_listed(name)

    def is_family_name(self, name: str) -> bool:
        return self.families[name] > 1

    def is_only_listed(self, name: str, beside: str) -> bool:
        return not self.given[name] and self.given[beside] >= 8

    def share(self, given: Iterable[str], family: Iterable[str]) -> float:
        rarest_given = min((self.given[name] for name in given), default=0)
        rarest_family = min((self.families[name] for name in family), default=0)
        return rarest_given * rarest_family / self.people**2

    def of_the_other_sex(self, name: str, sex: str) -> bool:
        other = "F" if sex == "M" else "M"
        return self.sexes[name, other] >= 5 and self.sexes[name, sex] * 20 < self.sexes[name, other]


# -- other spellings of the same name, from sources of their own ---------------------------------

SCRIPTS = {
    "KOR": r"[가-힣]", "IND": r"[ऀ-෿]", "PAK": r"[؀-ۿ]", "SYR": r"[؀-ۿ]", "IRN": r"[؀-ۿ]",
    "AFG": r"[؀-ۿ]", "UKR": r"[Ѐ-ӿ]",
}  # fmt: skip


@cache
def listed_spellings(country: str) -> dict[str, tuple[str, ...]]:
    """Given names of the country, each with the spellings that the public list has for it.

    Only names that the list also has in the country's own letters, and only spellings with the
    same consonants and the same ending: the list joins translations and namesakes too.
    """
    culture = next(c for c in CULTURES if c.country == country)
    wanted = {fold(name) for name in (*culture.women, *culture.men)}
    package = find_spec("rigour")
    assert package is not None
    assert package.submodule_search_locations is not None
    listed = Path(package.submodule_search_locations[0]) / "data" / "names" / "persons.txt"
    found: dict[str, set[str]] = defaultdict(set)
    for line in listed.read_text(encoding="utf-8").splitlines():
        forms = line.partition(" =>")[0].split(", ")
        if any(re.search(SCRIPTS[country], form) for form in forms):
            latin = {form.upper() for form in forms if re.fullmatch("[a-z]{4,}", form)}
            for name in latin & wanted:
                found[name] |= {o for o in latin - {name} if _bones(o) == _bones(name)}
    return {name: tuple(sorted(others)) for name, others in sorted(found.items()) if others}


def _bones(name: str) -> str:
    """The consonants, once each, and whether a vowel ends the name."""
    bones = re.sub(r"[AEIOUYWH]|(.)(?=\1)", "", name)
    return bones + ("-" if name[-1] in "AEIOUYH" else "")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CHINESE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁余叶"
    "蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷"
)
CHINESE_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂华建国志文玉兰梅红春晓宇浩欣怡子轩"
    "雨泽佳琪思颖嘉俊天翔博雅诗涵家豪梓萱立成永康新月海波清泉"
)
RUSSIAN = _words(
    "Щербаков Чайковский Хрущёв Емельянов Юрьев Ягодин Жуков Цветаев Объедков Ильин Соловьёв"
    " Воробьёв Белый Толстой Мышкин Кузьмин Алексеев Андреев Григорьев Ершов"
)
RUSSIAN_MEN = _words(
    "Алексей Андрей Евгений Дмитрий Юрий Фёдор Геннадий Илья Артём Вячеслав Кирилл"
)
RUSSIAN_WOMEN = _words(
    "Елена Екатерина Наталья Татьяна Юлия Ксения Людмила Анастасия Евгения Софья"
)
SCHEMES = tuple(
    scheme
    for scheme in (
        iuliia.MOSMETRO, iuliia.ICAO_DOC_9303, iuliia.BGN_PCGN_ALT, iuliia.MVD_782, iuliia.MVD_310,
        iuliia.GOST_52290, iuliia.YANDEX_MAPS, iuliia.WIKIPEDIA, iuliia.MVD_310_FR,
    )
)  # fmt: skip


def respelled_pair(draw: random.Random, country: str) -> tuple[Someone, Someone] | None:
    """A person of this country spelled in two ways; None if none is known."""
    culture = next(c for c in CULTURES if c.country == country)
    person = someone(draw, culture)
    if country == "CHN":
        family = draw.choice(CHINESE)
        given = "".join(draw.sample(CHINESE_GIVEN, draw.choice((1, 2, 2))))
        typed = replace(
            person, family=_pinyin(family), given=_pinyin(given, draw.choice(("", " ")))
        )
        join = draw.choice(("-", " ", ""))
        return typed, replace(person, family=_wade_giles(family), given=_wade_giles(given, join))
    if country == "RUS":
        family = draw.choice(RUSSIAN)
        given = draw.choice(RUSSIAN_WOMEN if person.sex == "F" else RUSSIAN_MEN)
        if person.sex == "F":
            family = re.sub("ий$|ой$|ый$", "ая", family) if family[-1] == "й" else family + "а"
        one, other = draw.sample(SCHEMES, 2)
        return tuple(  # type: ignore[return-value]
            replace(
                person,
                family=fold(scheme.translate(family)),
                given=fold(scheme.translate(given)),
            )
            for scheme in (one, other)
        )
    spellings = listed_spellings(country)
    if not spellings:
        return None
    given = draw.choice(list(spellings))
    return replace(person, given=draw.choice(spellings[given])), replace(person, given=given)


def _pinyin(characters: str, join: str = "") -> str:
    return join.join(
        part.replace("ü", "u").replace("lv", "lu").replace("nv", "nu")
        for part in lazy_pinyin(characters)
    ).upper()


def _wade_giles(characters: str, join: str = "") -> str:
    written = lazy_pinyin(characters, style=Style.WADEGILES)
    plain = (part.replace("ü", "u").replace("v", "u") for part in written)
    return join.join(re.sub("[^a-z]", "", part) for part in plain).upper()


# -- the kinds of variation ----------------------------------------------------------------------

Vary = Callable[[random.Random, Someone], Someone | None]
KEYS = "QWERTYUIOP ASDFGHJKL ZXCVBNM"


def typo(draw: random.Random, text: str) -> str:
    """One slip in one word: a neighbor struck, doubled, left out, or two swapped; or any letter."""
    words = text.split()
    at = draw.choice([n for n, word in enumerate(words) if len(word) > 2] or [0])
    word = words[at]
    n = draw.randrange(len(word))
    way = draw.choices(("near", "double", "omit", "swap", "any"), (35, 20, 25, 25, 8))[0]
    place = KEYS.index(word[n]) if word[n] in KEYS else 0
    beside = KEYS[place + 1 : place + 2].strip() or KEYS[place - 1]
    if way == "near":
        word = word[:n] + beside + word[n + 1 :]
    elif way == "double":
        word = word[:n] + draw.choice((word[n], beside)) + word[n:]
    elif way == "omit":
        word = word[:n] + word[n + 1 :]
    elif way == "swap" and n + 1 < len(word):
        word = word[:n] + word[n + 1] + word[n] + word[n + 2 :]
    else:
        word = word[:n] + draw.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + word[n + 1 :]
    words[at] = word
    return " ".join(words)


def _given(change: Callable[[random.Random, list[str]], list[str] | None]) -> Vary:
    def vary(draw: random.Random, person: Someone) -> Someone | None:
        parts = change(draw, person.given.split())
        return replace(person, given=" ".join(parts)) if parts else None

    return vary


def _family(change: Callable[[random.Random, list[str]], list[str] | None]) -> Vary:
    def vary(draw: random.Random, person: Someone) -> Someone | None:
        parts = change(draw, person.family.split())
        return replace(person, family=" ".join(parts)) if parts else None

    return vary


def typed_case(draw: random.Random, person: Someone) -> Someone:
    write = draw.choice((str.lower, str.title, lambda text: text.replace(" ", "-")))
    return replace(person, family=write(person.family), given=write(person.given))


def slipped(where: str) -> Vary:
    def vary(draw: random.Random, person: Someone) -> Someone | None:
        text = getattr(person, where)
        wrong = typo(draw, text)
        other = set(wrong.split()) - set(text.split())
        if text == "FNU" or not other or any(len(w) < 3 or known.is_listed(w) for w in other):
            return None  # another name is no slip that anybody could see
        return replace(person, **{where: wrong})

    return vary


def nickname(draw: random.Random, person: Someone) -> Someone | None:
    first, *rest = person.given.split()
    short = sorted(n for n in known.short_forms().get(first, ()) if n[0] == first[0])
    return replace(person, given=" ".join([draw.choice(short), *rest])) if short else None


def cut_off(draw: random.Random, person: Someone) -> Someone | None:
    if len(person.family) >= 14:
        return replace(person, family=person.family[: draw.randint(11, 13)].strip())
    if len(person.given) >= 13 and " " in person.given:
        return replace(person, given=person.given[: draw.randint(10, 12)].strip())
    return None


def swapped_day(draw: random.Random, person: Someone) -> Someone | None:
    day, month = person.born.day, person.born.month
    if day > 12 or day == month:
        return None
    return replace(person, born=person.born.replace(day=month, month=day))


def particle(draw: random.Random, person: Someone) -> Someone | None:
    parts = person.family.split()
    if parts[0] in {"DE", "DELA", "AL", "DOS", "DA"}:
        glued = person.family.replace(" ", "", 2 if parts[:2] == ["DE", "LA"] else 1)
        bare = " ".join(
            part for part in parts if part not in {"DE", "LA", "AL", "DOS", "DA", "LOS"}
        )
        return replace(person, family=draw.choice((glued, bare)))
    return None


def token_shift(draw: random.Random, person: Someone) -> Someone | None:
    first, *rest = person.family.split()
    if len(rest) != 1:
        return None
    return replace(person, family=rest[0], given=f"{person.given} {first}")


def another_given(draw: random.Random, person: Someone) -> str:
    return fold(draw.choice(person.culture.women if person.sex == "F" else person.culture.men))


def divisible(person: Someone) -> bool:
    """Whether a part of the given name is a name of its own, and no half of one."""
    parts = person.given.split()
    return person.culture.country not in SYLLABIC and not (
        person.culture.country in COMPOUND and FIRST_HALVES & set(parts[:-1])
    )


def _divided(change: Callable[[random.Random, list[str]], list[str] | None]) -> Vary:
    vary = _given(change)
    return lambda draw, person: vary(draw, person) if divisible(person) else None


_reversed = _given(lambda draw, parts: parts[::-1] if len(parts) == 2 else None)

OWN: dict[str, tuple[float, Vary]] = {
    # kind: how often in daily work, and what it does to the person's own data
    "exact": (85.0, lambda draw, person: person),
    "format": (8.0, typed_case),
    "name_swap": (0.4, lambda d, p: replace(p, family=p.given, given=p.family)),
    "token_shift": (0.3, token_shift),
    "middle_drop": (1.2, _divided(lambda d, parts: parts[:1] if len(parts) > 1 else None)),
    "middle_initial": (0.8, _given(
        lambda d, p: [p[0], p[1][0], *p[2:]] if len(p) > 1 else None)),
    "middle_add": (0.3, lambda d, p: replace(p, given=f"{p.given} {another_given(d, p)}")
        if divisible(p) and p.given not in FIRST_HALVES else None),
    "compound_drop": (0.6, _family(
        lambda d, p: [d.choice(p)]
        if len(p) == 2 and not (PARTICLES | FIRST_HALVES) & set(p) else None)),
    "compound_add": (0.3, lambda d, p: replace(
        p, family=f"{p.family} {fold(d.choice(p.culture.surnames))}")
        if p.culture.double and " " not in p.family else None),
    "particle": (0.4, particle),
    "joined": (0.3, _given(lambda d, p: ["".join(p)] if len(p) == 2 else None)),
    "reordered": (0.1, lambda d, p: None if p.culture.country in ORDERED else _reversed(d, p)),
    "nickname": (0.1, nickname),
    "cut_off": (0.2, cut_off),
    "day_month_swapped": (0.3, swapped_day),
    "typo_family": (0.25, slipped("family")),
    "typo_given": (0.2, slipped("given")),
    "no_given_name": (0.1, lambda d, p: replace(p, given=d.choice(("FNU", "Unknown", "")))
        if not p.name.given else None),
}  # fmt: skip
SPELLED_IN = ("CHN", "RUS", *SCRIPTS)


def own_questions(draw: random.Random, people: list[Someone], each: int) -> Iterator[Question]:
    """Each kind as often: people who ask for themselves."""
    for kind, (_, vary) in OWN.items():
        made = 0
        for _ in range(each * 60):
            person = draw.choice(people)
            typed = vary(draw, person)
            if typed is not None:
                yield Question(kind, typed, person, own=True)
                made += 1
                if made == each:
                    break
    for country in SPELLED_IN:
        for _ in range(each):
            if pair := respelled_pair(draw, country):
                yield Question(f"spelled otherwise {country}", *pair, own=True)


def daily_questions(draw: random.Random, people: list[Someone], number: int) -> Iterator[Question]:
    """The kinds as a day's work mixes them; one in a hundred is spelled in another way."""
    kinds = list(OWN)
    weights = [OWN[kind][0] for kind in kinds]
    for _ in range(number):
        person = draw.choice(people)
        if person.culture.country in SPELLED_IN and draw.random() < 0.01:
            if pair := respelled_pair(draw, person.culture.country):
                yield Question("spelled otherwise", *pair, own=True)
            continue
        kind = draw.choices(kinds, weights)[0]
        yield Question(kind, OWN[kind][1](draw, person) or person, person, own=True)


def close_given(draw: random.Random, person: Someone, pool: list[str]) -> str | None:
    """Another given name that looks most like this one: how parents name twins."""
    first, *rest = person.given.split()
    at = bisect_left(pool, first)
    near = [name for name in pool[max(0, at - 6) : at + 6] if name != first]
    near += [name for name in pool if name[1:] == first[1:] or name[:-1] == first[:-1]]
    near = [name for name in near if name != first and not known.short_for(name, first)]
    return " ".join([draw.choice(near), *rest]) if near else None


def others_questions(draw: random.Random, people: list[Someone], each: int) -> Iterator[Question]:
    """People who show a number that is somebody else's."""
    by_culture = defaultdict(list)
    for person in people:
        by_culture[person.culture.country].append(person)
    pools = {
        country: sorted({person.given.split()[0] for person in group if person.given})
        for country, group in by_culture.items()
    }
    for _ in range(each):
        held = draw.choice(people)
        kin = draw.choice(by_culture[held.culture.country])
        other = draw.choice(people)
        cases = {
            "stranger": other,
            "impostor knows the birthday": replace(other, born=held.born),
            "impostor, same family name": replace(kin, family=held.family, born=held.born),
            "impostor, same first name": replace(kin, given=held.given, born=held.born),
            "namesake, own birthday": replace(held, born=kin.born),
            "relative": replace(kin, family=held.family),
            "twin": replace(kin, family=held.family, born=held.born, sex=kin.sex),
        }
        if close := close_given(draw, held, pools[held.culture.country]):
            cases["twin of a close name"] = replace(held, given=close)
        parts = held.given.split()
        if len(parts) == 2 and not divisible(held):
            cases["half of the given name"] = replace(held, given=draw.choice(parts))
        if len(parts) == 2 and held.culture.country in ORDERED and parts[0] != parts[1]:
            cases["given names the other way around"] = replace(held, given=" ".join(parts[::-1]))
        for kind, typed in cases.items():
            if (
                "given name" not in kind
                and typed.born == held.born
                and within(typed.name, held.name)
            ):
                kind = "name within the other's, same birthday"
            if (typed.name, typed.born) != (held.name, held.born):
                yield Question(kind, typed, held, own=False)


def strangers_of_the_country(
    draw: random.Random, people: list[Someone], number: int
) -> Iterator[Question]:
    """People of one's country who know nothing but the number and the birthday."""
    by_country = defaultdict(list)
    for person in people:
        by_country[person.culture.country].append(person)
    for _ in range(number):
        held = draw.choice(people)
        other = draw.choice(by_country[held.culture.country])
        if other.name != held.name:
            typed = replace(other, born=held.born)
            yield Question("stranger of the same country, same birthday", typed, held, own=False)


def within(left: Name, right: Name) -> bool:
    """Whether one name has all that the other has: what is left out may also be somebody else."""
    return set(left.all) <= set(right.all) or set(right.all) <= set(left.all)


# -- asking --------------------------------------------------------------------------------------


def decide(question: Question, book: Book, report: Report) -> bool:
    typed, held = question.typed, question.held
    names, held_names = (typed.name,), (held.name,)
    start = time.thread_time()
    fits = matching.judge(names, typed.born, held_names, held.born, held.about, book).fits
    report.seconds.append(time.thread_time() - start)
    return fits


def run(
    *, people: int = 20_000, each: int = 400, daily: int = 30_000, seed: int = 20_261
) -> Report:
    """Generate, ask, and count."""
    draw = random.Random(seed)
    population = [someone(draw) for _ in range(people)]
    book, report = Book(population), Report()
    for question in own_questions(draw, population, each):
        tally = report.missed[question.kind]
        _count(tally, question, not decide(question, book, report), report)
    for question in daily_questions(draw, population, daily):
        missed = not decide(question, book, report)
        for tally in (report.daily, report.countries[question.held.culture.country]):
            tally.asked += 1
            tally.wrong += missed
    strangers = strangers_of_the_country(draw, population, each * 100)
    for question in chain(others_questions(draw, population, each * 4), strangers):
        tally = report.wrongful[question.kind]
        _count(tally, question, decide(question, book, report), report)
    return report


def _count(tally: Tally, question: Question, wrong: bool, report: Report) -> None:
    tally.asked += 1
    tally.wrong += wrong
    if wrong:
        report.examples[question.kind].append(
            f"{question.typed.family} / {question.typed.given} for "
            f"{question.held.family} / {question.held.given} ({question.held.culture.country})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--each", type=int, default=400, help="questions of each kind")
    parser.add_argument("--daily", type=int, default=30_000, help="questions as work mixes them")
    parser.add_argument("--seed", type=int, default=20_261)
    parser.add_argument("--examples", type=int, default=0, help="of what went wrong, by kind")
    asked = parser.parse_args()
    report = run(people=asked.people, each=asked.each, daily=asked.daily, seed=asked.seed)
    print(report)
    print("\n".join(febrl.report()))
    for kind, shown in sorted(report.examples.items()):
        if asked.examples:
            print(kind, *shown[: asked.examples], sep="\n    ")


if __name__ == "__main__":
    main()
