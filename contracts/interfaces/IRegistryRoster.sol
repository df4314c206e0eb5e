// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @notice An image admitted when the roster is deployed.
/// @param image keccak256(PCR0 || PCR1 || PCR2).
/// @param kind 1 for an oracle image, 2 for a registry image.
struct InitialImage {
    bytes32 image;
    uint8 kind;
}

/// @notice Periods and governance that are fixed when the roster is deployed.
/// @param authority The AccessManager that says who is guardian and who is governance.
/// @param verifier The verifier of attestation documents.
/// @param pendingPeriod Seconds between a registry's admission and its activation (0 on development chains only).
struct RosterConfig {
    address authority;
    IAttestationVerifier verifier;
    uint40 pendingPeriod;
}

/// @notice A registry as clients read it.
/// @param signer The registry enclave's signer, made at its boot.
/// @param provider Who is paid for it.
/// @param image The image it was attested to run.
/// @param activeFrom First second of its activity.
/// @param until Last second of its activity, unless renewed.
/// @param endpoint Where to reach it; chosen by its provider, worth no trust.
struct RegistryView {
    address signer;
    address provider;
    bytes32 image;
    uint64 activeFrom;
    uint64 until;
    string endpoint;
}

/// @title Roster of images and registries.
/// @notice A registry comes in by an attestation document that is verified on chain, and in no other way: there is no
/// setter, no grant by another registry, no exception for the first one.
interface IRegistryRoster {
    event ImageScheduled(bytes32 indexed image, uint8 kind, uint40 activeFrom);
    event ImageCancelled(bytes32 indexed image);
    event ImageRetired(bytes32 indexed image, uint40 retiredAt);
    event RegistryAdded(address indexed registry, address indexed provider, bytes32 indexed image, uint40 activeFrom);
    event RegistryRenewed(address indexed registry, uint40 until);
    event RegistryDraining(address indexed registry, uint40 since);
    event RegistryRevoked(address indexed registry);
    event RegistryDelisted(address indexed registry);
    event RegistryEndpointSet(address indexed registry, string endpoint);

    /// @notice The zero address stands where an account or a contract is needed.
    error RosterZeroAddress();
    /// @notice The pending period is longer than {MAX_PENDING_PERIOD}.
    error RosterPendingPeriodTooLong(uint40 pendingPeriod);
    /// @notice Neither an oracle image (1) nor a registry image (2).
    error RosterUnknownKind(uint8 kind);
    /// @notice The image is zero, or the one whose PCRs are all zero, as enclaves in debug mode have them.
    error RosterForbiddenImage(bytes32 image);
    /// @notice The image is on the roster, or was: a retired image stays retired.
    error RosterImageKnown(bytes32 image);
    /// @notice The image is not on the roster.
    error RosterImageUnknown(bytes32 image);
    /// @notice The roster can hold no further image.
    error RosterFull();
    /// @notice New images wait at least {MIN_IMAGE_DELAY}, whatever delay governance set for itself.
    error RosterImageTooSoon(uint40 activeFrom, uint256 earliest);
    /// @notice Only an image that is not active yet can be cancelled.
    error RosterImageActive(bytes32 image);
    /// @notice A retirement can neither lie in the past nor be put off.
    error RosterRetirementInvalid(uint40 retiredAt);
    /// @notice The attested image is not an active one of the right kind.
    error RosterImageInactive(bytes32 image, uint8 kind);
    /// @notice `user_data` is not the 73-byte identity structure of a registry.
    error RosterIdentityMalformed();
    /// @notice The identity names the zero address as signer or provider, or a contract of this system as provider.
    error RosterIdentityForbidden(address account);
    /// @notice The document's nonce is not keccak256(abi.encode(chainId, hub)): it was made for another Hub.
    error RosterNonceMismatch(bytes32 expected, bytes actual);
    /// @notice The document is older than {MAX_DOCUMENT_AGE}.
    error RosterDocumentTooOld(uint64 timestampMs);
    /// @notice The document is more than {MAX_DOCUMENT_AHEAD} ahead of the block.
    error RosterDocumentFromFuture(uint64 timestampMs);
    /// @notice A later document names another provider or image than the first: both are fixed at the enclave's boot.
    error RosterRegistryMismatch(address registry);
    /// @notice The signer is not on the roster.
    error RosterUnknownRegistry(address registry);
    /// @notice The registry was revoked; revocation is for ever.
    error RosterRegistryRevoked(address registry);
    /// @notice The registry is being drained by its provider and cannot be renewed.
    error RosterRegistryDraining(address registry);
    /// @notice The registry is pending, past its time, or runs an image that is not active.
    error RosterRegistryInactive(address registry);
    /// @notice A registry that can still become active stays listed.
    error RosterRegistryAlive(address registry);
    /// @notice Only the registry's provider may do this.
    error RosterNotProvider(address registry, address caller);
    /// @notice An endpoint is 1 to 128 printable ASCII characters without blanks.
    error RosterEndpointInvalid();

    /// @notice Admits the registry whose identity `document` attests, or renews it. Anyone may send it.
    /// @return registry The registry's signer.
    function registerRegistry(bytes calldata document, bytes calldata hints) external returns (address registry);
    /// @notice Sets where clients reach `registry`. Only its provider may.
    function setEndpoint(address registry, string calldata endpoint) external;
    /// @notice Ends the admission of new certificates by `registry`; those made before stay good. Only its provider may.
    function drainRegistry(address registry) external;
    /// @notice Takes a registry that is revoked or past its time out of {activeRegistries}' list. Anyone may.
    function delistRegistry(address registry) external;

    /// @notice Governance: puts a new image on the roster, active no sooner than {MIN_IMAGE_DELAY} from now.
    function scheduleImage(bytes32 image, uint8 kind, uint40 activeFrom) external;
    /// @notice Governance: retires an image at a time ahead, so that results in flight survive.
    function retireImage(bytes32 image, uint40 retiredAt) external;
    /// @notice Guardian: retires an image now.
    function retireImageNow(bytes32 image) external;
    /// @notice Guardian: cancels an image that is not active yet.
    function cancelImage(bytes32 image) external;
    /// @notice Guardian: revokes a registry, now and for ever.
    function revokeRegistry(address registry) external;

    /// @notice All registries that are active in this block and not draining.
    function activeRegistries() external view returns (RegistryView[] memory registries);
    /// @notice True where `registry` is active in this block and not draining.
    function isActiveRegistry(address registry) external view returns (bool);
    /// @notice True where `image` is active in this block as an image of `kind` (1 oracle, 2 registry).
    function isActiveImage(bytes32 image, uint8 kind) external view returns (bool);
    /// @notice The nonce that an identity document for this Hub must carry.
    function identityNonce() external view returns (bytes32);
    /// @notice The verifier of attestation documents.
    function attestationVerifier() external view returns (IAttestationVerifier);
    /// @notice Seconds between a registry's admission and its activation.
    function pendingPeriod() external view returns (uint40);
}
