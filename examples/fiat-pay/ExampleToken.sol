// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title The token that the example sells
/// @notice A plain ERC-20 with a fixed supply, all of it the deployer's.
contract ExampleToken is ERC20 {
    /// @notice Mints 1,000,000 tokens of 18 decimals to the deployer.
    constructor() ERC20("Example Token", "EXT") {
        _mint(msg.sender, 1_000_000 * 1e18);
    }
}
