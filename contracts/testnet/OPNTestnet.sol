// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OPN} from "../OPN.sol";

/// @title OPN for test networks, with a faucet.
/// @notice Worth nothing: anyone mints. Its constructor refuses Ethereum's main network, and no deployment module for a
/// real chain names it.
contract OPNTestnet is OPN {
    /// @notice What one call of {drip} makes, in base units.
    uint256 public constant DRIP = 1_000 * 1e18;

    /// @notice A network where tokens have value.
    error OPNTestnetOnMainnet();

    /// @param holder Who receives the initial supply.
    constructor(address holder) OPN(holder) {
        if (block.chainid == 1) revert OPNTestnetOnMainnet();
    }

    /// @notice Makes {DRIP} base units for the sender.
    function drip() external {
        _mint(msg.sender, DRIP);
    }
}
