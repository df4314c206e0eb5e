// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Attestation, IAttestationVerifier} from "./interfaces/IAttestationVerifier.sol";
import {IRegistryRoster, InitialImage, RegistryView, RosterConfig} from "./interfaces/IRegistryRoster.sol";
import {ImageRoster} from "./ImageRoster.sol";
import {Identity, IdentityLib} from "./libraries/IdentityLib.sol";

/// @title Roster of registries, the part of the Hub that knows whose certificates count.
/// @notice A registry: unknown -> pending (guardian may veto) -> active until 30 days after its newest document ->
/// draining, by its provider -> revoked, by the guardian. Signer, provider and image are attested and never change.
/// IMPORTANT: no function here takes a key from a caller's argument. The key of a registry comes out of a document that
/// {IAttestationVerifier} verified, or not at all.
abstract contract RegistryRoster is IRegistryRoster, ImageRoster, ReentrancyGuardTransient {
    /// @dev Unknown must be the zero value.
    enum RegistryState {
        Unknown,
        Admitted,
        Draining,
        Revoked
    }

    /// @dev First slot: all that a submission reads. Second slot: `drainingSince`, `position` (in the list, from 1).
    struct Registry {
        address provider;
        uint40 activeFrom;
        uint40 until;
        uint8 imageIndex;
        RegistryState state;
        uint40 drainingSince;
        uint32 position;
    }

    /// @notice How old an identity document may be, in seconds.
    uint256 public constant MAX_DOCUMENT_AGE = 900;
    /// @notice How far ahead of the block an identity document may be, in seconds.
    uint256 public constant MAX_DOCUMENT_AHEAD = 300;
    /// @notice How long a registry stays active after its newest document, in seconds.
    uint40 public constant REGISTRY_LIFETIME = 30 days;
    /// @notice The longest pending period a deployment may choose, in seconds.
    uint40 public constant MAX_PENDING_PERIOD = 7 days;
    /// @notice The longest endpoint, in bytes.
    uint256 public constant MAX_ENDPOINT_BYTES = 128;

    /// @inheritdoc IRegistryRoster
    IAttestationVerifier public immutable attestationVerifier;
    /// @inheritdoc IRegistryRoster
    uint40 public immutable pendingPeriod;

    mapping(address signer => Registry) private _registries;
    mapping(address signer => string) private _endpoints;
    address[] private _listed;

    constructor(
        RosterConfig memory config,
        InitialImage[] memory initialImages
    ) AccessManaged(config.authority) ImageRoster(initialImages) {
        if (config.authority == address(0) || address(config.verifier) == address(0)) revert RosterZeroAddress();
        if (config.pendingPeriod > MAX_PENDING_PERIOD) revert RosterPendingPeriodTooLong(config.pendingPeriod);
        attestationVerifier = config.verifier;
        pendingPeriod = config.pendingPeriod;
    }

    /// @inheritdoc IRegistryRoster
    function registerRegistry(
        bytes calldata document,
        bytes calldata hints
    ) external nonReentrant returns (address registry) {
        Attestation memory attestation = attestationVerifier.verify(document, hints);
        uint40 documentTime = _checkDocumentTime(attestation.timestampMs);
        _checkIdentityNonce(attestation.nonce);
        uint8 imageIndex = _activeImageIndex(attestation.image, KIND_REGISTRY);
        Identity memory identity = IdentityLib.parse(attestation.userData, KIND_REGISTRY);
        registry = identity.signer;
        if (_isForbiddenProvider(identity.provider)) revert RosterIdentityForbidden(identity.provider);
        if (_registries[registry].state == RegistryState.Unknown) {
            _admit(identity, imageIndex, attestation.image);
        }
        _renew(identity, imageIndex, documentTime + REGISTRY_LIFETIME);
    }

    /// @inheritdoc IRegistryRoster
    function setEndpoint(address registry, string calldata endpoint) external {
        _onlyProvider(registry);
        _checkEndpoint(bytes(endpoint));
        _endpoints[registry] = endpoint;
        emit RegistryEndpointSet(registry, endpoint);
    }

    /// @inheritdoc IRegistryRoster
    function drainRegistry(address registry) external {
        Registry storage entry = _onlyProvider(registry);
        if (entry.state == RegistryState.Revoked) revert RosterRegistryRevoked(registry);
        if (entry.state == RegistryState.Draining) revert RosterRegistryDraining(registry);
        entry.state = RegistryState.Draining;
        entry.drainingSince = uint40(block.timestamp);
        emit RegistryDraining(registry, uint40(block.timestamp));
    }

    /// @inheritdoc IRegistryRoster
    function delistRegistry(address registry) external {
        Registry storage entry = _known(registry);
        bool over = entry.state == RegistryState.Revoked || block.timestamp > entry.until;
        if (!over || entry.position == 0) revert RosterRegistryAlive(registry);
        _delist(registry, entry);
    }

    /// @inheritdoc IRegistryRoster
    function revokeRegistry(address registry) external restricted {
        Registry storage entry = _known(registry);
        if (entry.state == RegistryState.Revoked) revert RosterRegistryRevoked(registry);
        entry.state = RegistryState.Revoked;
        emit RegistryRevoked(registry);
        if (entry.position != 0) _delist(registry, entry);
    }

    /// @inheritdoc IRegistryRoster
    function activeRegistries() external view returns (RegistryView[] memory registries) {
        registries = new RegistryView[](_listed.length);
        uint256 found;
        for (uint256 i; i < _listed.length; ++i) {
            if (!isActiveRegistry(_listed[i])) continue;
            registries[found++] = _viewOf(_listed[i]);
        }
        // The array was made for all that are listed: cut it to those that are active.
        assembly ("memory-safe") {
            mstore(registries, found)
        }
    }

    /// @inheritdoc IRegistryRoster
    function isActiveRegistry(address registry) public view returns (bool) {
        Registry storage entry = _registries[registry];
        return entry.state == RegistryState.Admitted && _isWithinTime(entry);
    }

    /// @inheritdoc IRegistryRoster
    function identityNonce() public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this)));
    }

    /// @dev Reverts unless certificates of `registry` that started at `notBefore` count in this block.
    /// @return activeFrom First second of the registry's activity.
    function _requireRegistry(address registry, uint40 notBefore) internal view returns (uint40 activeFrom) {
        Registry storage entry = _registries[registry];
        RegistryState state = entry.state;
        activeFrom = entry.activeFrom;
        if (state == RegistryState.Unknown) revert RosterUnknownRegistry(registry);
        if (state == RegistryState.Revoked) revert RosterRegistryRevoked(registry);
        if (!_isWithinTime(entry)) revert RosterRegistryInactive(registry);
        if (state == RegistryState.Draining && notBefore >= entry.drainingSince)
            revert RosterRegistryDraining(registry);
    }

    /// @dev Provider of a registry, zero where it is unknown; who is revoked is still paid what was earned before.
    function _registryProvider(address registry) internal view returns (address) {
        return _registries[registry].provider;
    }

    /// @dev True for accounts that cannot be paid: zero and the contracts of this system.
    function _isForbiddenProvider(address provider) internal view virtual returns (bool);

    function _admit(Identity memory identity, uint8 imageIndex, bytes32 image) private {
        Registry storage entry = _registries[identity.signer];
        entry.provider = identity.provider;
        entry.activeFrom = uint40(block.timestamp) + pendingPeriod;
        entry.imageIndex = imageIndex;
        entry.state = RegistryState.Admitted;
        emit RegistryAdded(identity.signer, identity.provider, image, entry.activeFrom);
    }

    /// @dev An older document than the newest seen changes nothing, so sending one again cannot shorten a life.
    function _renew(Identity memory identity, uint8 imageIndex, uint40 until) private {
        address registry = identity.signer;
        Registry storage entry = _registries[registry];
        if (entry.state == RegistryState.Revoked) revert RosterRegistryRevoked(registry);
        if (entry.state == RegistryState.Draining) revert RosterRegistryDraining(registry);
        if (entry.provider != identity.provider || entry.imageIndex != imageIndex) {
            revert RosterRegistryMismatch(registry);
        }
        if (entry.position == 0) {
            _listed.push(registry);
            entry.position = uint32(_listed.length);
        }
        if (until <= entry.until) return;
        entry.until = until;
        emit RegistryRenewed(registry, until);
    }

    function _delist(address registry, Registry storage entry) private {
        address last = _listed[_listed.length - 1];
        _listed[entry.position - 1] = last;
        _registries[last].position = entry.position;
        _listed.pop();
        entry.position = 0;
        emit RegistryDelisted(registry);
    }

    function _known(address registry) private view returns (Registry storage entry) {
        entry = _registries[registry];
        if (entry.state == RegistryState.Unknown) revert RosterUnknownRegistry(registry);
    }

    function _onlyProvider(address registry) private view returns (Registry storage entry) {
        entry = _known(registry);
        if (msg.sender != entry.provider) revert RosterNotProvider(registry, msg.sender);
    }

    function _isWithinTime(Registry storage entry) private view returns (bool) {
        return
            block.timestamp >= entry.activeFrom && block.timestamp <= entry.until && _isActiveIndex(entry.imageIndex);
    }

    function _viewOf(address registry) private view returns (RegistryView memory) {
        Registry storage entry = _registries[registry];
        return
            RegistryView({
                signer: registry,
                provider: entry.provider,
                image: _imageAt(entry.imageIndex),
                activeFrom: entry.activeFrom,
                until: entry.until,
                endpoint: _endpoints[registry]
            });
    }

    function _checkDocumentTime(uint64 timestampMs) private view returns (uint40) {
        uint256 documentTime = timestampMs / 1000;
        if (documentTime + MAX_DOCUMENT_AGE < block.timestamp) revert RosterDocumentTooOld(timestampMs);
        if (documentTime > block.timestamp + MAX_DOCUMENT_AHEAD) revert RosterDocumentFromFuture(timestampMs);
        return uint40(documentTime);
    }

    function _checkIdentityNonce(bytes memory nonce) private view {
        bytes32 expected = identityNonce();
        if (nonce.length != 32 || bytes32(nonce) != expected) revert RosterNonceMismatch(expected, nonce);
    }

    function _checkEndpoint(bytes calldata endpoint) private pure {
        if (endpoint.length == 0 || endpoint.length > MAX_ENDPOINT_BYTES) revert RosterEndpointInvalid();
        for (uint256 i; i < endpoint.length; ++i) {
            // 0x21 to 0x7e: printable ASCII without the blank.
            if (endpoint[i] < 0x21 || endpoint[i] > 0x7e) revert RosterEndpointInvalid();
        }
    }
}
