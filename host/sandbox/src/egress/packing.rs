//! How the body of an answer is packed (`Content-Encoding`, RFC 9110 section 8.4): it is unpacked as it comes, so that it can be
//! bounded, read and searched for secrets. What cannot be unpacked is given to nobody.

use std::io::{self, Write as _};

use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderName};

/// Bytes that are unpacked at once. None becomes more than about a thousand bytes.
const PIECE_BYTES: usize = 1024;

/// A body, as far as it has come.
pub(super) enum Body {
    Plain(Vec<u8>),
    /// In as many members as there are (RFC 1952 section 2.2); none before anything came.
    Gzip(Option<Box<MultiGzDecoder<Vec<u8>>>>),
}

impl Body {
    /// Of an answer with these headers.
    ///
    /// # Errors
    /// Its packing, as it calls it, where nobody asked for that one.
    pub fn with(headers: &HeaderMap) -> Result<Self, String> {
        let values = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let packing = values.collect::<Vec<_>>().join(",");
        let mut codings = packing.split(',').map(str::trim).filter(|coding| !is(coding, &["", "identity"]));
        match (codings.next(), codings.next()) {
            (None, _) => Ok(Self::Plain(Vec::new())),
            // The older name (RFC 9110 section 8.4.1.3).
            (Some(coding), None) if is(coding, &["gzip", "x-gzip"]) => Ok(Self::Gzip(None)),
            _ => Err(packing),
        }
    }

    /// Whether a header is about how the body was packed, and no longer true.
    pub fn outdates(&self, name: &HeaderName) -> bool {
        matches!(self, Self::Gzip(_)) && (name == CONTENT_ENCODING || name == CONTENT_LENGTH)
    }

    /// In which pieces what has come is best taken.
    pub fn pieces<'c>(&self, chunk: &'c [u8]) -> std::slice::Chunks<'c, u8> {
        chunk.chunks(if matches!(self, Self::Plain(_)) { chunk.len().max(1) } else { PIECE_BYTES })
    }

    /// # Errors
    /// Where it is not packed as its headers say.
    pub fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(bytes) => bytes.extend_from_slice(piece),
            Self::Gzip(decoder) => {
                decoder.get_or_insert_with(|| Box::new(MultiGzDecoder::new(Vec::new()))).write_all(piece)?;
            }
        }
        Ok(())
    }

    /// Its bytes so far, unpacked, but for the few that are on their way.
    pub fn len(&self) -> usize {
        match self {
            Self::Plain(bytes) => bytes.len(),
            Self::Gzip(decoder) => decoder.as_ref().map_or(0, |decoder| decoder.get_ref().len()),
        }
    }

    /// All of it; of nothing at all, nothing.
    ///
    /// # Errors
    /// Where it ends too early, or is not what was packed.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(bytes) => Ok(bytes),
            Self::Gzip(decoder) => decoder.map_or_else(|| Ok(Vec::new()), |decoder| decoder.finish()),
        }
    }
}

/// How files begin that are packed, and what that is called. No text of a git server's begins so, and in none of them could a secret be
/// found.
const FILES: [(&[u8], &str); 13] = [
    (b"\x1f\x8b", "gzip"),
    (b"\x1f\x9d", "compress"),
    (b"\x78\x01", "zlib"),
    (b"\x78\x5e", "zlib"),
    (b"\x78\x9c", "zlib"),
    (b"\x78\xda", "zlib"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP\x01", "lzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "bzip2"),
    (b"PK\x03\x04", "zip"),
];

/// What a body is packed as that is a packed file whatever its headers say; none where it is none.
pub(super) fn file(body: &[u8]) -> Option<&'static str> {
    let known = FILES.iter().find(|(sign, _)| body.starts_with(sign)).map(|(_, name)| *name);
    known.or_else(|| match body {
        // A frame to be skipped (RFC 8878 section 3.1.2).
        [0x50..0x60, 0x2a, 0x4d, 0x18, ..] => Some("zstd"),
        [method, flags, ..] if begins_zlib(*method, *flags) && str::from_utf8(body).is_err() => Some("zlib"),
        _ => None,
    })
}

/// Whether they are a header of zlib (RFC 1950 section 2.2), of any window and level: some texts begin so, too.
fn begins_zlib(method: u8, flags: u8) -> bool {
    let (is_deflate, has_window, has_dictionary) = (method & 0x0f == 8, method >> 4 <= 7, flags & 0x20 != 0);
    is_deflate && has_window && !has_dictionary && u16::from_be_bytes([method, flags]).is_multiple_of(31)
}

fn is(coding: &str, names: &[&str]) -> bool {
    names.iter().any(|name| coding.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use http::HeaderValue;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (CONTENT_ENCODING, HeaderValue::from_str(value).unwrap())).collect()
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    /// What becomes of a body that comes in chunks of so many bytes.
    fn unpacked(coding: &str, packed: &[u8], chunk_bytes: usize) -> io::Result<Vec<u8>> {
        let mut body = Body::with(&headers(&[coding])).unwrap();
        for chunk in packed.chunks(chunk_bytes) {
            for piece in body.pieces(chunk) {
                body.take(piece)?;
            }
        }
        body.finish()
    }

    #[test]
    fn e8_gzip_by_any_of_its_names_and_in_any_number_of_members_is_unpacked() {
        let text = "[{\"id\": 1}]\n".repeat(5000);
        let (first, second) = text.split_at(7000);
        for chunk_bytes in [1, 9, 4096, usize::MAX] {
            for coding in ["gzip", "GZip", "x-gzip", "X-GZIP", " gzip ", "identity, gzip", "gzip,"] {
                assert_eq!(unpacked(coding, &gzip(&text), chunk_bytes).unwrap(), text.as_bytes(), "{coding}");
            }
            let members = [gzip(first), gzip(""), gzip(second)].concat();
            assert_eq!(unpacked("gzip", &members, chunk_bytes).unwrap(), text.as_bytes(), "{chunk_bytes}");
        }
        for coding in ["", "identity", "Identity, identity"] {
            assert_eq!(unpacked(coding, text.as_bytes(), 100).unwrap(), text.as_bytes(), "{coding}");
        }
        assert_eq!(unpacked("gzip", b"", 1).unwrap(), b"");
    }

    #[test]
    fn e8_what_nobody_asked_for_is_refused_by_its_name() {
        for values in [
            &["deflate"][..],
            &["br"],
            &["zstd"],
            &["compress"],
            &["gzip, gzip"],
            &["gzip", "gzip"],
            &["identity", "br"],
            &["gzip;q=1"],
        ] {
            let refused = Body::with(&headers(values)).err().unwrap();
            assert_eq!(refused, values.join(","));
        }
        let odd = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_bytes(b"\xffb").unwrap())]);
        assert_eq!(Body::with(&odd).err().unwrap(), "\u{fffd}b");
    }

    #[test]
    fn e8_a_packed_file_is_known_by_how_it_begins() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"whole").unwrap();
        for (packed, name) in [
            (gzip("x"), "gzip"),
            (zlib.finish().unwrap(), "zlib"),
            (b"BZh91AY&SY".to_vec(), "bzip2"),
            (b"PK\x03\x04\x14".to_vec(), "zip"),
            (b"\x18\xd3\x4b\xcc\x83\x01\x00".to_vec(), "zlib"),
            (b"\x48\xc7\x2b\xcf\xc8\x2f\xca\x01\x00".to_vec(), "zlib"),
            (b"\x58\x85\xcb\xcf".to_vec(), "zlib"),
            (b"\x04\x22\x4d\x18\x64".to_vec(), "lz4"),
            (b"LZIP\x01\x0c".to_vec(), "lzip"),
            (b"\x50\x2a\x4d\x18\x04\0\0\0".to_vec(), "zstd"),
            (b"\x5f\x2a\x4d\x18\x04\0\0\0".to_vec(), "zstd"),
        ] {
            assert_eq!(file(&packed), Some(name));
        }
        for text in [
            &b"{}"[..],
            b"x-2",
            b"x\n",
            b"",
            b"PK",
            b"\xef\xbb\xbf{}",
            b"Bz",
            b"7zip",
            b"HK",
            b"(S)",
            b"XG is one",
            b"LZIP is a name",
            b"P*M",
        ] {
            assert_eq!(file(text), None, "{text:?}");
        }
    }

    #[test]
    fn e6_what_is_cut_off_or_damaged_is_no_body() {
        let whole = gzip("whole");
        let mut damaged = whole.clone();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"whole").unwrap();
        for packed in [&whole[..1], &whole[..last], &damaged, b"not gzip.", &zlib.finish().unwrap()] {
            assert!(unpacked("gzip", packed, 4).is_err(), "{packed:?}");
        }
        let trailed = [&whole[..], b"more"].concat();
        assert!(unpacked("gzip", &trailed, 4).is_err());
    }

    #[test]
    fn e6_no_piece_becomes_much_before_it_can_be_counted() {
        let bomb = gzip(&"0".repeat(64 << 20));
        let mut body = Body::with(&headers(&["gzip"])).unwrap();
        let mut most = 0;
        for piece in body.pieces(&bomb) {
            let before = body.len();
            body.take(piece).unwrap();
            most = most.max(body.len() - before);
        }
        assert!(most <= 2 << 20, "{most}");
    }
}
