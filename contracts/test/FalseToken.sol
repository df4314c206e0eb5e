// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token whose transfers fail without a revert, as some old ones do.
contract FalseToken is ERC20 {
    /// @param holder Who receives the supply.
    constructor(address holder) ERC20("False", "FALSE") {
        _mint(holder, 1e24);
    }

    /// @inheritdoc ERC20
    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}
