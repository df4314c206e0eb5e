// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OpenContract} from "../../contracts/OpenContract.sol";

/// @title A contract for trying a script
/// @notice Takes one function, whatever its name and arguments, from one script, and records the call. For the demo
/// world: `npm start -- --oracle <folder> --function "name(type argument, ...)"`.
contract Recorder is OpenContract {
    /// @notice A call arrived, proven by the script, for `user`.
    event Recorded(address indexed user, bytes call);

    /// @param hubAddress The Open Contracts Hub.
    /// @param selector The function that the script submits.
    /// @param scriptHash oracleHash of the script's folder.
    constructor(address hubAddress, bytes4 selector, bytes32 scriptHash) OpenContract(hubAddress) {
        setOracleHash(selector, scriptHash);
    }

    /// @notice Every call by the Hub ends here.
    fallback() external requiresOracle {
        emit Recorded(_oracleUser(), msg.data);
    }
}
