// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title OPN, the token that submissions are paid in.
/// @notice 100,000,000 whole tokens of 18 decimals, all made at deployment. Nobody can make more; anyone can burn theirs.
contract OPN is ERC20, ERC20Burnable, ERC20Permit {
    /// @notice All tokens there will ever be, in base units.
    uint256 public constant INITIAL_SUPPLY = 100_000_000 * 1e18;

    /// @param holder Who receives the whole supply.
    constructor(address holder) ERC20("Open Contracts", "OPN") ERC20Permit("Open Contracts") {
        _mint(holder, INITIAL_SUPPLY);
    }
}
