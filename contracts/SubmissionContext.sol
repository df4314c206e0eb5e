// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Context, IOpenContractsHub, Result} from "./interfaces/IOpenContracts.sol";

/// @title The submission under way, in transient storage.
/// @notice Set before the target is called, gone after. Only the target can read it, and only while it is called.
abstract contract SubmissionContext is IOpenContractsHub {
    /// @dev target | startedAt << 160 | signedAt << 200
    uint256 private transient _targetAndTimes;
    /// @dev user | registryActiveFrom << 160 | imageIndex << 200
    uint256 private transient _userAndImage;
    address private transient _oracle;
    address private transient _registry;
    bytes32 private transient _oracleHash;

    /// @inheritdoc IOpenContractsHub
    function context() external view returns (Context memory) {
        (uint256 targetAndTimes, uint256 userAndImage) = (_targetAndTimes, _userAndImage);
        if (msg.sender != address(uint160(targetAndTimes))) revert HubNoContext(msg.sender);
        return
            Context({
                user: address(uint160(userAndImage)),
                oracleHash: _oracleHash,
                oracle: _oracle,
                registry: _registry,
                registryActiveFrom: uint40(userAndImage >> 160),
                image: _contextImage(uint8(userAndImage >> 200)),
                startedAt: uint40(targetAndTimes >> 160),
                signedAt: uint40(targetAndTimes >> 200)
            });
    }

    /// @dev The image of an index, read only when it is asked for.
    function _contextImage(uint8 imageIndex) internal view virtual returns (bytes32);

    /// @dev Sets who is called, with which result, and by whose word.
    function _openContext(
        Result calldata result,
        address oracle,
        uint40 registryActiveFrom,
        uint8 imageIndex
    ) internal {
        _targetAndTimes =
            uint160(result.target) |
            (uint256(result.startedAt) << 160) |
            (uint256(result.signedAt) << 200);
        _userAndImage = uint160(result.user) | (uint256(registryActiveFrom) << 160) | (uint256(imageIndex) << 200);
        _oracle = oracle;
        _registry = result.registry;
        _oracleHash = result.oracleHash;
    }

    /// @dev Nobody is called any more.
    function _closeContext() internal {
        _targetAndTimes = 0;
    }
}
