// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRegistryRoster} from "../interfaces/IRegistryRoster.sol";

/// @notice Who an enclave is, for the chain.
struct Identity {
    address signer;
    address provider;
}

/// @title Parser of the identity structure in `user_data`.
/// @notice 73 bytes: tag "open-contracts identity v1", zero-padded to 32 | role 1 | signer 20 | provider 20.
library IdentityLib {
    uint256 private constant LENGTH = 73;
    bytes32 private constant TAG = "open-contracts identity v1";

    /// @notice Parses `userData`, which must be an identity of `role`. Reverts with {IRegistryRoster-RosterIdentityMalformed}.
    function parse(bytes memory userData, uint8 role) internal pure returns (Identity memory identity) {
        if (userData.length != LENGTH) revert IRegistryRoster.RosterIdentityMalformed();
        if (bytes32(userData) != TAG || uint8(userData[32]) != role) revert IRegistryRoster.RosterIdentityMalformed();
        identity.signer = address(bytes20(_wordAt(userData, 33)));
        identity.provider = address(bytes20(_wordAt(userData, 53)));
        if (identity.signer == address(0)) revert IRegistryRoster.RosterIdentityForbidden(address(0));
    }

    /// @dev The 32 bytes from `offset` on. The caller masks what lies beyond the end of `source`.
    function _wordAt(bytes memory source, uint256 offset) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(source, 32), offset))
        }
    }
}
