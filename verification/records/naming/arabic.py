"""Names written in Arabic letters at home: Arabic, Persian, Dari, Urdu, and Somali.

The script leaves short vowels out, so that A and E, E and I, O and U stand for each other, and
each country writes the consonants after its own second language. What makes another name stays
apart: long vowels, the ending of women's names, HAMID and HAMED and AHMED.
"""

import re
from functools import lru_cache

from verification.records.naming.keys import Keys, Sounds, alike

SOUNDS = Sounds(
    """
    SH=S SCH=S CH=S|c TCH=c KH=x Q=k|g GH=g|k G=g|j DJ=j J=j ZH=j DH=d|z TH=t|s PH=f V=w
    C=k CK=k OUA=wa OUE=wa|wi UA=wa OA=wa AOU=aw AU=aw
    A=a AA=a E=a|i EE=i I=i II=i O=u OO=u OU=u U=u UU=u
    IA=ya IYA=ya YA=ya EYA=ya EEYA=ya IE=ya|yi|i IYE=ya|yi YE=ya|yi IEE=yi YEE=yi IO=yu IYO=yu
    YO=yu IU=yu
    AI=Y AY=Y EI=Y|i EY=Y|i AE=Y AYYA=Ya AYA=Ya|aya AYYAH$=Ya AYAH$=Ya AYYA$=Ya AYA$=Ya
    INE$=in|ina OUNE$=un AYE=Y AEE=Y AEI=Y AYI=Y AII=Y EYE=Y
    AY$=Y AI$=Y EY$=i|Y EI$=i|Y IE$=i Y$=i EE$=i I$=i Y=y|i
    A$=a AA$=a E$=a AH$=a|ah EH$=a|ah|ih IA$=ya IYA$=ya YA$=ya IAH$=ya IYAH$=ya YAH$=ya IYEH$=ya
    IEH$=ya YEH$=ya
    """
)

# Names that vary beyond what letters explain.
SAME = alike(
    """
    MOHAMMED MOHAMED MOHAMMAD MOHAMAD MUHAMMAD MUHAMAD MUHAMMED MUHAMED MAHAMED MAXAMED MOHD
      MUHD MOHMMED MOHAMMOD MUHAMMOD MEHMED MEHMET MAHOMED MAHOMAD MAGOMED;
    MAHMOUD MAHMOOD MAHMUD MEHMOOD MEHMUD MAXAMUUD MAHAMUD MAHAMOUD MOHAMUD MOHAMOUD MAHAMMUD;
    AHMED AHMAD AHMET AXMED AHAMED AHMAAD AHMADE;
    SULEIMAN SULAIMAN SOLIMAN SULEYMAN SULIMAN SOULEIMAN SLIMAN SOLEIMAN SOLEYMAN SULAYMAN
      SALEEBAAN SALEBAN;
    FATIMA FATIMAH FATMA FATEMEH FATEMA FATIMEH FATOUMA FATUMA FAATUMA FATOUMATA FATIMATA
      FOTIMA FADUMO FAADUMO FADUMA FADUMAH FATUMO FATIMATOU FATME;
    KHADIJA KHADIJAH KHADEEJA KHADIDJA KHADIJE KHADIJEH KHADIGA QADIJA KHADIIJO KHADIJO KADIJA;
    AISHA AISHAH AYESHA AYSHA AICHA ASHA CAASHA CAASHO AASHA AISHE AYSE;
    YUSUF YOUSSEF YOUSEF YUSEF YOUSUF YUSSUF YUSIF YOUSIF YOUSSOUF YUUSUF YOUCEF YUSSEF YOSEF
      YOOSUF;
    HUSSEIN HUSSAIN HUSAIN HUSEIN HUSAYN HOSSEIN HOSSAIN HOSEIN HUSSEN HOUSSEIN HUSEYN XUSEEN
      XUSSEN HUSSIEN HUSEEN HOUSSAIN HOCINE HUSEYIN HAUSSEIN;
    ISMAIL ISMAEL ESMAIL ESMAEIL ISMACIIL ISMAAIIL ISMAEEL ISMAIIL ISMAYIL ESMAEL;
    IBRAHIM EBRAHIM IBRAHEEM BRAHIM IBRAAHIM EBRAHEEM IBRAHIIM;
    MARYAM MARIAM MERYEM MERIEM MIRIAM MARIYAM MARYAN MARYAMA MARIAMA MIRYAM MARIEM MEREM;
    YAQUB YACOUB YAKUB YAGHOUB YACQUUB YAQOUB YAQOOB YAKOUB;
    DAOUD DAWUD DAUD DAWOOD DAVOOD DAVOUD DAAWUUD DAVUD DAWOUD;
    OTHMAN OSMAN USMAN UTHMAN CUSMAAN OUSMANE OUSMAN OTMAN UTHMAAN USMAAN;
    ABDULLAH ABDALLAH ABDULLA ABDALLA ABDOLLAH ABDELLAH CABDULLAHI ABDOULAYE ABDULAH ABDOULLAH;
    ABDULLAHI ABDILLAHI ABDILAHI CABDULLAAHI CABDILAAHI ABDULAHI CABDULLAHI;
    ABDULKADIR ABDIKADIR CABDIQAADIR CABDIQADIR ABDULQADIR ABDELKADER ABDULKADER ABDIQADIR
      ABDULGHADIR;
    TARIQ TAREK TAREQ TARIK TARECK TARIC;
    ZAYNAB ZAINAB ZEINAB ZEYNAB ZAYNEB ZEYNEB ZEINEB SEYNAB ZENAB ZAINEB;
    JAFAR JAAFAR JAFFAR JAFER JAFARY GAAFAR DJAFAR JACFAR;
    ISA ISSA EISA ESSA EESA CIISE ISSE IISA AISSA EISSA;
    SAYED SAYYID SAYYED SAYID SYED SEYED SEYYED SAIYED SAYYAD;
    SAID SAEED SAEID SAIED SAYEED SACIID SIID SAEIED;
    SALAH SALAAH SALAHUDDIN SALAX;
    SHAHRAZAD SHAHRZAD SHEHRAZAD SCHEHERAZADE SHAHERZAD;
    OMAR UMAR OMER CUMAR UMER OMMAR UMMAR OUMAR;
    ALI ALY CALI ALEE ALLI;
    KHALID KHALED KALED KALID KHALEED;
    MEHDI MAHDI MEDHI;
    NASIR NASER NASSER NASSIR NASEER;
    HALIMA HALIMAH HALEEMA XALIIMO XALIMO HALIMO XALIMA HALEEMAH;
    AMINA AMINAH AMEENA AMINO AAMINA AMINATA AAMINO;
    ZAHRA ZEHRA ZAHRAH SAHRO SAHRA ZAHARA ZOHRA ZAHRAA;
    HAWA HAWO XAAWO XAWO HAWAH;
    ALNAJJAR ELNAGGAR NAJJAR NAGGAR NAJAR;
    NUR NOOR NOUR NUUR NOR;
    HARUN HAROON HAROUN HAARUUN;
    RAMADAN RAMAZAN RAMDAN RAMDANE RAMADHAN;
    RIDWAN RIZWAN RADWAN REDOUANE RIDHWAN;
    REDA REZA RIDA RIZA RIDHA;
    YUSUFZAI YOUSUFZAI YOUSAFZAI YOUSEFZAI YUSAFZAI YOUSOFZAI;
    YASIN YASSIN YASSINE YASEEN YASINE YASSEEN YAASIIN;
    """
)
ARTICLES = ("UL", "EL", "AL", "IL", "OUL", "OL", "I", "U", "E", "A", "UR", "ER", "US", "ES", "")
GOD = ("ABDULL", "ABDALL", "ABDOLL", "ABDELL", "ABDOULL")


@lru_cache(maxsize=16384)
def keys(name: str) -> Keys:
    return _keys(name) | (_keys(_from_somali(name)) if "X" in name or "C" in name else frozenset())


def _keys(name: str) -> Keys:
    found = SOUNDS.keys(name) | SAME.get(name, frozenset())
    if name.startswith("ABD") and not name.startswith(GOD):
        # ABDUL AZIZ, ABDELAZIZ, ABDIAZIZ: servant of, with the article however it is written.
        for article in ARTICLES:
            rest = name[3:].removeprefix(article)
            if len(rest) >= 3 and name.startswith(f"ABD{article}"):
                found |= {f"abd-{key}" for key in SOUNDS.keys(rest)}
    return found


def _from_somali(name: str) -> str:
    """Somali letters as others hear them: X is H, C is a sound that they leave out."""
    return re.sub(r"C(?![HK])", "", name).replace("X", "H") or name


# How the letters of the script itself, which has no short vowels, come out in Latin ones.
BARE = Sounds(
    """
    SH=S CH=S KH=x GH=g TH=t|s DH=d|z PH=f Q=k C=k G=g|j V=w J=j Z=z W=w Y=y AH$=h|
    EH$=h| A$=|h E$=|h A= AA= E=|y EE=y I=|y II=y IY=y EI=y AI=y AY=y EY=y O=|w U=|w
    OU=w OO=w UU=w AW=w AU=w IE$=y Y$=y I$=y ^I= ^U= ^O= ^A= ^E=
    """
)


def is_bare(name: str) -> bool:
    """Whether a name has no vowels, as when it was typed in Arabic letters."""
    return len(name) > 1 and not re.search("[AEIOU]", name)


@lru_cache(maxsize=16384)
def bare(name: str) -> Keys:
    """What is left of a name in Arabic letters; a long U or I may be written or not."""
    return BARE.keys(name)
