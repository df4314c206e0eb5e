// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that keeps one base unit of every transfer to a contract.
contract FeeToken is ERC20 {
    /// @param holder Who receives the supply.
    constructor(address holder) ERC20("Fee", "FEE") {
        _mint(holder, 1e24);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to.code.length > 0) super._update(to, address(0), 1);
    }
}
