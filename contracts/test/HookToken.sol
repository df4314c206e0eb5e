// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that calls a contract during transfers, as ERC-777 hooks did.
contract HookToken is ERC20 {
    address private _callee;
    bytes private _inner;

    /// @param holder Who receives the supply.
    constructor(address holder) ERC20("Hook", "HOOK") {
        _mint(holder, 1e24);
    }

    /// @notice Sets what is called during each transfer.
    function setHook(address callee, bytes calldata inner) external {
        (_callee, _inner) = (callee, inner);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_callee == address(0)) return;
        (bool success, bytes memory reason) = _callee.call(_inner);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
