"""Two spellings of one name, and two names of one look, system by system."""

import pytest

from verification.records.matching import About, Grade, compare, name_of

ONE_NAME = {
    "CHN": [
        ("Hsieh", "Mei", "XIE", "MEI"),
        ("Yan", "Chienming", "YAN", "JIAN MING"),
        ("Tsou", "Yueh-Hsia", "ZOU", "YUEXIA"),
        ("Lu", "Tzu-Chi", "LU", "ZIQI"),
    ],
    "TWN": [("Zhang", "Xiuying", "CHANG", "HSIU-YING"), ("Guo", "Bo Hao", "KUO", "PO-HAO")],
    "KOR": [
        ("Lee", "Hyunju", "YI", "HYEON-JU"),
        ("Pak", "Chong Hui", "PARK", "JEONGHEE"),
        ("Roh", "Moohyun", "NO", "MU HYEON"),
        ("Choe", "Yongsuk", "CHOI", "YOUNG SOOK"),
    ],
    "RUS": [
        ("Belyayeva", "Natalya", "BELIAEVA", "NATALIIA"),
        ("Khrushchyov", "Yevgeniy", "KHRUSHCHEV", "EVGENII SERGEEVICH"),
        ("Tchaikovski", "Ilia", "CHAYKOVSKIY", "ILYA"),
    ],
    "UKR": [
        ("Grygorenko", "Elena", "HRYHORENKO", "OLENA"),
        ("Boyko", "Nikolai", "BOIKO", "MYKOLA"),
    ],
    "EGY": [
        ("El Gamal", "Mohammad", "ALJAMAL", "MOHAMED"),
        ("Abd El Rahman", "Noor", "ABDULRAHMAN", "NUR"),
        ("Sharif", "Aysha", "CHERIF", "AICHA"),
    ],
    "SOM": [("Omar", "Halima Hersi", "CUMAR", "XALIIMO XIRSI"), ("Elmi", "Abdi", "CILMI", "CABDI")],
    "IRN": [("Qasemi", "Zeynab", "GHASSEMI", "ZAINAB"), ("Tehrani", "Rezah", "TEHRANY", "REZA")],
    "IND": [
        ("Vishwanathan", "Deepika", "VISWANATAN", "DIPIKA"),
        ("Chowdhury", "Laxmi", "CHAUDHARY", "LAKSHMI"),
        ("Bhattacharya", "Sumitha", "BATTACHARYA", "SUMITA"),
    ],
    "ETH": [
        ("Wolde Giorgis", "Tsehai", "WELDEGIORGIS", "TSEHAY"),
        ("Kifle", "Almaz", "KEFLE", "ALMAZ"),
    ],
    "MEX": [
        ("Basquez Gimenez", "Jhon", "VAZQUEZ JIMENEZ", "JOHN"),
        ("Cevallos", "Xiomara", "CEBALLOS", "JIOMARA"),
    ],
    "BRA": [("Sousa", "Tiago", "SOUZA", "THIAGO")],
    "HTI": [("Jean Philippe", "Katia", "JEAN-FILIPE", "CATIA")],
    "DEU": [("Mueller", "Joerg", "MULLER", "JORG")],
    "VNM": [("Đặng", "Minh Thư", "DANG", "THU MINH")],
    "PHL": [("Delos Reyes", "Ma. Cristina", "DE LOS REYES", "MARIA CRISTINA")],
}
TWO_NAMES = {
    "CHN": [
        ("Li", "Wei", "LI", "WEN"),
        ("Li", "Meili", "LI", "MEILING"),
        ("Xu", "Jia", "XU", "JIE"),
    ],
    "KOR": [("Kim", "Minji", "KIM", "MINJU"), ("Kim", "Soyeon", "KIM", "SEOYEON")],
    "RUS": [("Popov", "Aleksandr", "POPOV", "ALEKSANDRA"), ("Orlova", "Alina", "ORLOVA", "ALISA")],
    "UKR": [("Moroz", "Olha", "MOROZ", "OLENA")],
    "EGY": [
        ("Hassan", "Mahmoud", "HASSAN", "MOHAMED"),
        ("Hassan", "Amir", "HASSAN", "AMIRA"),
        ("Hassan", "Nada", "HASSAN", "NADIA"),
        ("Hassan", "Yasin", "HASSAN", "YASIR"),
        ("Hassan", "Hamid", "HASSAN", "AHMED"),
    ],
    "IRN": [("Razavi", "Zohreh", "RAZAVI", "ZAHRA"), ("Razavi", "Nasim", "RAZAVI", "NASRIN")],
    "IND": [
        ("Singh", "Raj", "SINGH", "RAJESH"),
        ("Singh", "Amit", "SINGH", "AMITA"),
        ("Singh", "Sita", "SINGH", "GITA"),
        ("Singh", "Kamal", "SINGH", "KOMAL"),
        ("Singh", "Priya", "SINGH", "PRIYANKA"),
    ],
    "ETH": [("Bekele", "Almaz", "BEKELE", "ALEM")],
    "HTI": [
        ("Pierre", "Michel", "PIERRE", "MICHELLE"),
        ("Pierre", "René", "PIERRE", "RENEE"),
        ("Pierre", "Jean", "PIERRE", "JEANNE"),
    ],
    "MEX": [
        ("Diaz", "Mario", "DIAZ", "MARIA"),
        ("Diaz", "Jose Luis", "DIAZ", "JOSE CARLOS"),
        ("Diaz", "Valentin", "DIAZ", "VALENTINA"),
        ("Diaz", "Andres", "DIAZ", "ANDREA"),
        ("Diaz Luna", "Ana", "DIAZ ROJAS", "ANA"),
    ],
    "VNM": [("Le", "Van Hung", "LE", "VAN HAI"), ("Tran", "Thi Lan", "TRAN", "THI LINH")],
    "PHL": [("Cruz", "Mary Ann", "CRUZ", "MARY JANE")],
}


OTHER_SCRIPTS = {
    "RUS": [("Щербакова", "Наталья", "SHCHERBAKOVA", "NATALIA"),
            ("Юрьев", "Артём", "YUREV", "ARTEM")],
    "UKR": [("Григоренко", "Олена", "HRYHORENKO", "OLENA")],
    "CHN": [("王", "小明", "WANG", "XIAOMING"), ("王小明", "", "WANG", "XIAO MING"),
            ("曾", "文", "ZENG", "WEN")],
    "TWN": [("張", "志豪", "CHANG", "CHIH-HAO")],
    "KOR": [("김", "민지", "KIM", "MIN-JI")],
    "SYR": [("الخطيب", "محمد", "AL KHATIB", "MOHAMMED"), ("حسن", "محمود", "HASSAN", "MAHMOUD"),
            ("خوري", "سامي", "KHOURY", "SAMI")],
    "IRN": [("حسینی", "فاطمه", "HOSSEINI", "FATEMEH")],
    "ETH": [("ተስፋዬ", "አበበ", "TESFAYE", "ABEBE")],
}  # fmt: skip


def pairs(by_country):
    return [(country, *pair) for country, listed in by_country.items() for pair in listed]


def grade(country, family, given, held_family, held_given):
    about = About(frozenset({country}))
    return compare(name_of(family, given), name_of(held_family, held_given), about)


@pytest.mark.parametrize(
    ("country", "family", "given", "held_family", "held_given"), pairs(ONE_NAME)
)
def test_one_name_in_two_spellings_is_one_name(country, family, given, held_family, held_given):
    assert grade(country, family, given, held_family, held_given) <= Grade.PART


@pytest.mark.parametrize(
    ("country", "family", "given", "held_family", "held_given"), pairs(TWO_NAMES)
)
def test_two_names_that_look_alike_stay_two(country, family, given, held_family, held_given):
    assert grade(country, family, given, held_family, held_given) is Grade.NO
    assert grade(country, held_family, held_given, family, given) is Grade.NO


@pytest.mark.parametrize(
    ("country", "family", "given", "held_family", "held_given"), pairs(OTHER_SCRIPTS)
)
def test_a_name_in_the_letters_of_its_country_is_found(
    country, family, given, held_family, held_given
):
    assert grade(country, family, given, held_family, held_given) <= Grade.PART


def test_without_vowels_two_names_stay_two():
    assert grade("SYR", "حسن", "محمد", "HASSAN", "MAHMOUD") is Grade.NO
    assert grade("SYR", "حسن", "سامي", "HASSAN", "SALEM") is Grade.NO
