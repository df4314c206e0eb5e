declare module "cbor-web" {
  interface DecodeOptions {
    readonly preventDuplicateKeys?: boolean;
    readonly max_depth?: number;
    readonly required?: boolean;
  }
  const cbor: {
    encodeOne(
      value: unknown,
      options?: { readonly canonical?: boolean; readonly highWaterMark?: number },
    ): Uint8Array;
    decodeFirstSync(bytes: Uint8Array, options?: DecodeOptions): unknown;
  };
  export default cbor;
}
