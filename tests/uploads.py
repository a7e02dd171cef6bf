"""Files as applicants' documents come in, and as attackers make them. Nobody's data are in them."""

import io
import zlib

import pikepdf
import pillow_heif
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()


def drawing(width: int = 900, height: int = 600, text: str = "SPECIMEN") -> Image.Image:
    """A card-like picture: a dark corner on top at the left, and a word."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle([0, 0, width // 4, height // 4], fill="black")
    pen.text((width // 2, height // 2), text, fill="navy", font_size=48)
    return picture


def encoded(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (picture or drawing()).save(out, kind, **options)
    return out.getvalue()


def telling_jpeg() -> bytes:
    """A picture of a telephone, held sideways, that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to look at it
    exif[0x010F] = "TelephoneMaker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (42.0, 20.0, 11.0)
    exif[0x8825] = gps
    return encoded("JPEG", exif=exif, comment=b"TelephoneOwner")


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    pictures = [drawing(text=f"PAGE {number}") for number in range(1, pages + 1)]
    return encoded("PDF", pictures[0], save_all=True, append_images=pictures[1:])


def acting_pdf() -> bytes:
    """Scripts, a launch, an attachment, a link, an outside stream and metadata on two pages."""
    document = pikepdf.open(io.BytesIO(pdf(2)))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('EVILSCRIPT')")
    document.Root.OpenAction = script
    document.Root.AA = pikepdf.Dictionary(WC=script)
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["x", script]))
    )
    document.attachments["evil.exe"] = b"MZ EVILATTACHMENT"
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([0, 0, 100, 100]),
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://EVILLINK.example/"),
    )
    first = document.pages[0]
    first.obj.Annots = document.make_indirect(pikepdf.Array([link]))
    first.obj.AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="EVILLAUNCH.exe")
    )
    outside = pikepdf.Stream(document, b"")
    outside["/F"] = pikepdf.String("EVILOUTSIDE.bin")
    outside["/Type"], outside["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
    outside["/BBox"] = pikepdf.Array([0, 0, 1, 1])
    first.obj.Resources.XObject.Outside = document.make_indirect(outside)
    with document.open_metadata() as metadata:
        metadata["dc:title"] = "EVILTITLE"
    return saved(document)


def filled_form() -> bytes:
    """A form with a value typed into its field."""
    document = pikepdf.open(io.BytesIO(pdf()))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="name",
            V="TYPEDVALUE",
            DA="/Helv 24 Tf 0 g",
            Rect=pikepdf.Array([300, 300, 700, 360]),
            F=4,
        )
    )
    document.pages[0].obj.Annots = pikepdf.Array([field])
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([field]),
        DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
        DA="/Helv 24 Tf 0 g",
    )
    return saved(document)


def locked_pdf(*, user: str) -> bytes:
    document = pikepdf.open(io.BytesIO(pdf()))
    return saved(document, encryption=pikepdf.Encryption(owner="owner", user=user))


def pdf_bomb() -> bytes:
    """A page whose content unpacks from one megabyte to a thousand."""
    document = pikepdf.new()
    document.add_blank_page()
    content = pikepdf.Stream(document, zlib.compress(b"\0" * 1_000_000_000, 9))
    content.Filter = pikepdf.Name.FlateDecode
    document.pages[0].Contents = document.make_indirect(content)
    return saved(document, recompress_flate=False, compress_streams=False)


def png_bomb() -> bytes:
    """A picture of 900 million pixels in 170 KB."""
    return encoded("PNG", Image.new("1", (30_000, 30_000), 1))
