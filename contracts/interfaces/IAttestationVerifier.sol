// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a verified attestation document says.
/// @param image keccak256(PCR0 || PCR1 || PCR2), over the 144 raw bytes.
/// @param timestampMs The document's own time, in milliseconds since 1970.
/// @param userData The document's `user_data`, empty where it is null.
/// @param nonce The document's `nonce`, empty where it is null.
struct Attestation {
    bytes32 image;
    uint64 timestampMs;
    bytes userData;
    bytes nonce;
}

/// @title Verifier of attestation documents of one kind of enclave.
/// @notice The only door through which a registry's key reaches the roster. An implementation checks the whole document:
/// its signature, its certificate chain up to a pinned root, validity times and revocations.
/// IMPORTANT: the roster trusts this contract fully and fixes it at construction; nobody can exchange it later.
interface IAttestationVerifier {
    /// @notice Verifies `document` and returns what it says. Reverts where anything is wrong with it.
    /// @param document The attestation document as the enclave's hardware signed it.
    /// @param hints Whatever makes verification cheaper. Hints are untrusted: wrong ones may only cause a revert.
    function verify(bytes calldata document, bytes calldata hints) external returns (Attestation memory attestation);
}
