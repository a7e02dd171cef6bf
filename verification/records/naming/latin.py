"""Names at home in Latin letters: Spanish, Portuguese, French, Haitian, Filipino, German, English.

What sounds alike there is written either way: VAZQUEZ and BASQUEZ, JIMENEZ and GIMENEZ, XIMENA
and JIMENA, KATHERINE and CATHERINE; and letters with marks are spelled out (MUELLER).
"""

from functools import lru_cache

from verification.records.naming.keys import Keys, Sounds, alike

SPANISH = Sounds(
    """
    V=b Z=s X=s|h CE=se CI=si CY=si SCE=se SCI=si C=k CH=c QU=k Q=k CK=k K=k SH=c
    GE=he GI=hi GY=hi GUE=ge GUI=gi J=h|y LL=y Y=y|i ^H= TH=t PH=f ^X=h ^J=h|y ^Y=y|i ^G=g
    ^GE=he ^GI=hi
    ^I=y|i ^IA=ya ^IE=ye ^IO=yo ^CE=se ^CI=si ^HIL=il IA=ia YA=ya|ia IE=ie YE=ye|ie Y$=i I$=i
    W=w|u
    """
)
PORTUGUESE = Sounds(
    """
    Z=s SS=s CE=se CI=si C=k CH=x QU=k Q=k CK=k K=k GE=je GI=ji Y=i ^H= TH=t PH=f LH=l NH=n
    W=v|u
    """
)
FRENCH = Sounds(
    """
    EE$=ea PH=f TH=t C=k CE=se CI=si CY=si CH=x SH=x QU=k Q=k CK=k K=k Y=i Z=s ^H= GE=je GI=ji EAU=o
    AU=o OU=u EY$=i IE$=i OE=u EU=u
    """
)
GERMANIC = Sounds(
    """
    AE=a OE=o UE=u Y=i TH=t PH=f C=k CH=c CK=k K=k Z=s SS=s W=v TZ=s DT=t
    """
)
# Everywhere: what a marked letter is spelled out as, and doubled letters.
PLAIN = Sounds("PH=f TH=t CK=k C=k K=k CH=C CE=se CI=si Y=i Z=s EY$=i IE$=i EE$=i")

# Spellings of one given name that no rule of sounds explains.
SAME = alike(
    """
    JOHN JON JHON;
    BRIAN BRYAN BRAYAN BRAIAN BRYANT;
    GIOVANNI GEOVANNI GIOVANI GEOVANI JOVANI JOVANNI YOVANI YOVANNI GEOVANNY GIOVANNY;
    STEVEN STEPHEN STEPHAN STEFAN ESTEVEN STIVEN;
    GEOFFREY JEFFREY JEFFERY;
    KEVIN KEVYN KEBIN KELVYN;
    JENNIFER YENIFER JENIFER YENNIFER JENNYFER GENIFER YENIFFER;
    JESSICA YESSICA JESICA YESICA;
    YESENIA JESENIA YESSENIA JESSENIA LLESENIA;
    ELIZABETH ELISABETH ELIZABET ELISABET LIZABETH;
    KATHERINE CATHERINE KATHARINE CATHARINE KATHRYN KATERINE KATHERIN KATERIN CATHERIN CATHRYN
      CATHERYN KATHERYN;
    MICHELLE MICHELE MISHELL MISHEL MISHELLE;
    CHRISTINE KRISTINE CHRISTEEN;
    CHRISTINA KRISTINA CRISTINA;
    CHRISTIAN KRISTIAN CRISTIAN CRISTHIAN CHRISTHIAN;
    CHRISTOPHER KRISTOPHER CRISTOPHER CRISTOFER CHRISTOFER;
    NICHOLAS NICOLAS NIKOLAS NICKOLAS;
    PHILIP PHILLIP FILIP FELIPE;
    ISABEL IZABEL YSABEL ISABELLE ISOBEL;
    HECTOR ECTOR;
    ESTHER ESTER HESTER;
    RAFAEL RAPHAEL;
    JOSEPH JOSEF JOZEF;
    LOUISE LUISE;
    LOUIS LEWIS LOUI;
    XAVIER JAVIER;
    XIMENA JIMENA GIMENA;
    JAIME JAYME;
    ALEXANDER ALEKSANDER ALEXANDRE ALEJANDER ALEXSANDER;
    ALAN ALLAN ALLEN ALLEYN;
    ERIC ERIK ERICK;
    MARC MARK;
    SARA SARAH;
    DEBORAH DEBRA DEBORA;
    SHAWN SHAUN SEAN SHON;
    GABRIELLE GABRIELE;
    NATHALIE NATALIE NATALI NATHALI;
    DANIELLE DANIELE;
    RACHEL RACHAEL RAQUEL RACHELLE;
    REBECCA REBEKAH REBECA;
    THERESA TERESA TEREZA TERESSA THEREZA;
    LILIAN LILLIAN LILIANE;
    GERARD GERRARD;
    MARGARET MARGARETH MARGRET;
    FREDERICK FREDERIC FREDRICK FREDRIC;
    LAWRENCE LAURENCE;
    GONZALEZ GONZALES GONSALEZ GONSALES;
    VELASQUEZ VELAZQUEZ BELASQUEZ;
    MARTINEZ MARTINES;
    FERNANDEZ FERNANDES;
    """
)


@lru_cache(maxsize=16384)
def spanish(name: str) -> Keys:
    return SPANISH.keys(name) | SAME.get(name, frozenset())


@lru_cache(maxsize=16384)
def portuguese(name: str) -> Keys:
    return PORTUGUESE.keys(name) | SAME.get(name, frozenset())


@lru_cache(maxsize=16384)
def french(name: str) -> Keys:
    return FRENCH.keys(name) | SAME.get(name, frozenset())


@lru_cache(maxsize=16384)
def germanic(name: str) -> Keys:
    return GERMANIC.keys(name) | SAME.get(name, frozenset())


@lru_cache(maxsize=16384)
def plain(name: str) -> Keys:
    return PLAIN.keys(name) | SAME.get(name, frozenset())
