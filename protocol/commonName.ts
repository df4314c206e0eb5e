import { textFromUtf8 } from "./bytes.ts";
import {
  derTag,
  isNextTag,
  parseDer,
  readAll,
  readElement,
  readInside,
  readOid,
  type DerReader,
} from "./der.ts";
import { UntrustedError } from "./errors.ts";
import { oid } from "./x509.ts";

function readAttribute(reader: DerReader): { readonly id: string; readonly text: string | undefined } {
  const id = readOid(reader);
  const isUtf8 = isNextTag(reader, derTag.utf8String);
  const value = readElement(reader, isUtf8 ? derTag.utf8String : derTag.printableString);
  return { id, text: textFromUtf8(value.content) };
}

/**
 * The one common name of a distinguished name (RFC 5280 section 4.1.2.4), from the DER of the Name.
 * @throws UntrustedError DER_*, X509_NAME_REFUSED where there is none, or more than one
 */
export function parseCommonName(name: Uint8Array): string {
  const attributes = parseDer(name, (outer) =>
    readInside(outer, derTag.sequence, (list) =>
      readAll(list, (set) =>
        readInside(set, derTag.set, (inner) => readInside(inner, derTag.sequence, readAttribute)),
      ),
    ),
  );
  const [common, ...more] = attributes.filter(({ id }) => id === oid.commonName);
  if (common?.text === undefined || more.length > 0) throw new UntrustedError("X509_NAME_REFUSED");
  return common.text;
}
