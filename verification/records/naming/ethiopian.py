"""Ethiopian and Eritrean names, written from the Ge'ez script by ear (and by Italian hands)."""

from functools import lru_cache

from verification.records.naming.keys import Keys, Sounds, alike

SOUNDS = Sounds(
    """
    GH=g TH=t PH=p F=f CH=c CK=k Q=k KH=k TS=S TZ=S SH=x ZH=j DJ=j X=ks
    E=i I=i EE=i IE=i IYE=i EI=y EY=y AI=y AY=y AYE=y AIE=y AYE$=y AIE$=y AI$=y AY$=y AYI=y
    EYI=y
    O=u U=u OU=u OO=u A=a AA=a Y=y IY=i|y YE=yi YO=yu YA=ya IA=ya IYA=ya AYA=aya
    WO=wi WE=wi WEO=wi WOY=wy WEY=wy WEI=wy
    ^J=y ^YO=yu ^JO=yu ^YE=i|yi ^E=i ^I=i IE$=i E$=i H$= AH$=a EH$=i V=b
    """
)

# Names that vary beyond what letters explain.
SAME = alike(
    """
    MICHAEL MIKAEL MIKAIL MICHEAL MIKHAEL MIKIAL;
    EMMANUEL AMANUEL EMANUEL IMANUEL AMMANUEL;
    ISAYAS ISAIAS ESAYAS ESAIAS ISAIYAS ISSAYAS ISSAIAS;
    ERMIAS ERMIYAS EREMIAS ERMYAS HERMIAS IRMIAS;
    TSEGAYE TSEGAI TSEGAY TSEGGAYE TZEGAYE TSEGGAI;
    HAILE HAYLE HAILEY HAYLIE HAILIE;
    HIWOT HIWET HIYWOT HIWOTE HEYWET;
    YOHANNES JOHANNES YOHANES JOHANES YOHANIS;
    FREWEINI FREWOINI FREWEYNI FREWEINY FREWOYNI FREWEYN FREWEYNY;
    TIGIST TEGEST TIGEST TEGIST;
    MARTHA MARTA;
    TESFAYE TESFAY TESFAI TESFAIE;
    SARA SARAH;
    RAHEL RACHEL RAHIEL;
    LETEBRHAN LETEBERHAN LETEBIRHAN;
    SOLOMON SELOMON SOLOMOM;
    ABRAHAM ABREHAM ABRHAM;
    MARIAM MARYAM;
    """
)


@lru_cache(maxsize=16384)
def keys(name: str) -> Keys:
    return SOUNDS.keys(name) | SAME.get(name, frozenset())
