// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

/// @title The address that receives the surcharge of every submission.
/// @notice What arrives here can only be burned: the supply of OPN drops by it.
contract Burner {
    /// @notice The token that is burned.
    ERC20Burnable public immutable opn;

    /// @notice `amount` base units ceased to exist.
    event Burned(uint256 amount);

    /// @param token The token to burn.
    constructor(ERC20Burnable token) {
        opn = token;
    }

    /// @notice Burns all that has arrived. Anyone may.
    /// @return amount What was burned, in base units.
    function burn() external returns (uint256 amount) {
        amount = opn.balanceOf(address(this));
        opn.burn(amount);
        emit Burned(amount);
    }
}
