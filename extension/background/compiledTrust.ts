/**
 * What this build trusts. As it stands here it is the release's trust; the build of another kind replaces this whole
 * module by a literal (scripts/extension/trustModule.ts), so no bundle holds two of them or a way to a third.
 */
export { releaseTrust as trust } from "#protocol/trust/release.ts";
