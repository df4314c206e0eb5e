// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IRegistryRoster, InitialImage} from "./interfaces/IRegistryRoster.sol";
import {Periods} from "./Periods.sol";

/// @title Roster of enclave images.
/// @notice Several images of a kind are active side by side, so that a new release does not kill results in flight.
/// Governance schedules images with a delay this contract demands itself; the guardian may only take trust away.
abstract contract ImageRoster is IRegistryRoster, AccessManaged, Periods {
    struct Image {
        bytes32 image;
        uint8 kind;
    }

    /// @notice Kind of an oracle image; the same byte is the role in attested structures.
    uint8 public constant KIND_ORACLE = 1;
    /// @notice Kind of a registry image.
    uint8 public constant KIND_REGISTRY = 2;
    /// @notice The least time between scheduling an image and its activity, in seconds.
    uint256 public constant MIN_IMAGE_DELAY = 7 days;

    /// @dev `retiredAt` of an image that has no retirement ahead; a later time cannot be asked for.
    uint40 private constant NEVER = type(uint40).max;
    /// @dev keccak256 of 144 zero bytes: PCR0 to PCR2 of an enclave in debug mode.
    bytes32 private constant DEBUG_IMAGE = keccak256(new bytes(144));

    /// @dev By index. An image's period is `activeFrom`, `retiredAt` (first second of retirement).
    Image[MAX_PERIODS] private _images;
    /// @dev Index 0 is the pause's, so 0 means unknown here.
    mapping(bytes32 image => uint8) private _indexes;
    uint8 private _lastIndex;

    constructor(InitialImage[] memory initialImages) {
        for (uint256 i; i < initialImages.length; ++i) {
            _add(initialImages[i].image, initialImages[i].kind, uint40(block.timestamp));
        }
    }

    /// @inheritdoc IRegistryRoster
    function scheduleImage(bytes32 image, uint8 kind, uint40 activeFrom) external restricted {
        uint256 earliest = block.timestamp + MIN_IMAGE_DELAY;
        if (activeFrom < earliest) revert RosterImageTooSoon(activeFrom, earliest);
        _add(image, kind, activeFrom);
    }

    /// @inheritdoc IRegistryRoster
    function retireImage(bytes32 image, uint40 retiredAt) external restricted {
        _retire(image, retiredAt);
    }

    /// @inheritdoc IRegistryRoster
    function retireImageNow(bytes32 image) external restricted {
        _retire(image, uint40(block.timestamp));
    }

    /// @inheritdoc IRegistryRoster
    function cancelImage(bytes32 image) external restricted {
        uint8 index = _indexOf(image);
        (uint40 activeFrom, uint40 retiredAt) = _periodAt(index);
        if (block.timestamp >= activeFrom) revert RosterImageActive(image);
        if (block.timestamp >= retiredAt) revert RosterRetirementInvalid(retiredAt);
        _setPeriod(index, activeFrom, uint40(block.timestamp));
        emit ImageCancelled(image);
    }

    /// @inheritdoc IRegistryRoster
    function isActiveImage(bytes32 image, uint8 kind) external view returns (bool) {
        uint8 index = _indexes[image];
        return index != 0 && _images[index].kind == kind && _isActiveIndex(index);
    }

    /// @dev True where the image at `index` is active in this block. Its kind never changes: whoever keeps an index has
    /// checked the kind before.
    function _isActiveIndex(uint8 index) internal view returns (bool) {
        (uint40 activeFrom, uint40 retiredAt) = _periodAt(index);
        return block.timestamp >= activeFrom && block.timestamp < retiredAt;
    }

    /// @dev Reverts unless the image at `index` is active.
    function _requireImage(uint8 index) internal view {
        if (!_isActiveIndex(index)) revert RosterImageInactive(_images[index].image, _images[index].kind);
    }

    function _imageAt(uint8 index) internal view returns (bytes32) {
        return _images[index].image;
    }

    /// @dev Index of an image that must be active as `kind`.
    function _activeImageIndex(bytes32 image, uint8 kind) internal view returns (uint8 index) {
        index = _indexes[image];
        if (index == 0 || _images[index].kind != kind || !_isActiveIndex(index)) {
            revert RosterImageInactive(image, kind);
        }
    }

    function _add(bytes32 image, uint8 kind, uint40 activeFrom) private {
        if (kind != KIND_ORACLE && kind != KIND_REGISTRY) revert RosterUnknownKind(kind);
        if (image == 0 || image == DEBUG_IMAGE) revert RosterForbiddenImage(image);
        if (_indexes[image] != 0) revert RosterImageKnown(image);
        if (_lastIndex == MAX_PERIODS - 1) revert RosterFull();
        uint8 index = ++_lastIndex;
        _images[index] = Image(image, kind);
        _indexes[image] = index;
        _setPeriod(index, activeFrom, NEVER);
        emit ImageScheduled(image, kind, activeFrom);
    }

    /// @dev A retirement may be brought forward, never put off or taken back.
    function _retire(bytes32 image, uint40 retiredAt) private {
        uint8 index = _indexOf(image);
        (uint40 activeFrom, uint40 planned) = _periodAt(index);
        if (retiredAt < block.timestamp || retiredAt >= planned) revert RosterRetirementInvalid(retiredAt);
        _setPeriod(index, activeFrom, retiredAt);
        emit ImageRetired(image, retiredAt);
    }

    function _indexOf(bytes32 image) private view returns (uint8 index) {
        index = _indexes[image];
        if (index == 0) revert RosterImageUnknown(image);
    }
}
