// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOpenContractsHub} from "./interfaces/IOpenContracts.sol";

/// @title Which script may call which function of which contract.
/// @notice Each contract says it for itself. Nothing set means nothing allowed. There is no reentrancy guard: a contract
/// may change its scripts while the Hub calls it, and can change only its own.
abstract contract OraclePermissions is IOpenContractsHub {
    mapping(address target => mapping(bytes4 selector => mapping(bytes32 oracleHash => uint40))) private _validFrom;

    /// @inheritdoc IOpenContractsHub
    function allowOracle(bytes4 selector, bytes32 oracleHash) external {
        _allow(selector, oracleHash, uint40(block.timestamp));
    }

    /// @inheritdoc IOpenContractsHub
    function allowOracleFrom(bytes4 selector, bytes32 oracleHash, uint40 validFrom) external {
        _allow(selector, oracleHash, validFrom < block.timestamp ? uint40(block.timestamp) : validFrom);
    }

    /// @inheritdoc IOpenContractsHub
    function disallowOracle(bytes4 selector, bytes32 oracleHash) external {
        if (_validFrom[msg.sender][selector][oracleHash] == 0) {
            revert HubOracleHashUnknown(msg.sender, selector, oracleHash);
        }
        delete _validFrom[msg.sender][selector][oracleHash];
        emit OracleDisallowed(msg.sender, selector, oracleHash);
    }

    /// @inheritdoc IOpenContractsHub
    function allowedFrom(address target, bytes4 selector, bytes32 oracleHash) external view returns (uint40) {
        return _validFrom[target][selector][oracleHash];
    }

    /// @inheritdoc IOpenContractsHub
    function isAllowed(address target, bytes4 selector, bytes32 oracleHash) public view returns (bool) {
        uint40 validFrom = _validFrom[target][selector][oracleHash];
        return validFrom != 0 && block.timestamp >= validFrom;
    }

    function _allow(bytes4 selector, bytes32 oracleHash, uint40 validFrom) private {
        if (oracleHash == 0) revert HubZeroOracleHash();
        _validFrom[msg.sender][selector][oracleHash] = validFrom;
        emit OracleAllowed(msg.sender, selector, oracleHash, validFrom);
    }
}
