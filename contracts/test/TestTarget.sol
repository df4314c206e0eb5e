// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Context} from "../interfaces/IOpenContracts.sol";
import {OpenContract} from "../OpenContract.sol";

/// @title An Open Contract that behaves well or badly, as a test asks.
contract TestTarget is OpenContract {
    /// @notice What {report} or {pay} heard last.
    uint256 public reported;
    /// @notice Who ran the script of the last {report}.
    address public reporter;
    /// @notice The context of the last {remember}.
    Context public remembered;

    /// @notice A reason with an argument.
    error TargetSaysNo(uint256 code);
    /// @notice The call the test asked for failed.
    error TargetInnerCallFailed();

    /// @param hubAddress The Hub.
    constructor(address hubAddress) OpenContract(hubAddress) {}

    /// @notice Names the script of a function, as a contract's own logic would.
    function nameScript(bytes4 selector, bytes32 hash) external {
        setOracleHash(selector, hash);
    }

    /// @notice Lets one more script in.
    function addScript(bytes4 selector, bytes32 hash) external {
        allowOracle(selector, hash);
    }

    /// @notice Lets one more script in, later.
    function addScriptFrom(bytes4 selector, bytes32 hash, uint40 validFrom) external {
        hub.allowOracleFrom(selector, hash, validFrom);
    }

    /// @notice Takes a script's leave back.
    function removeScript(bytes4 selector, bytes32 hash) external {
        disallowOracle(selector, hash);
    }

    /// @notice Keeps a number and who brought it. Writes one slot in the steady state, to compare gas by.
    function report(uint256 value) external requiresOracle {
        reported = value;
    }

    /// @notice Keeps who ran the script.
    function reportUser(uint256 value) external requiresOracle {
        reported = value;
        reporter = _oracleUser();
    }

    /// @notice Keeps the whole context.
    function remember() external requiresOracle {
        remembered = _oracleContext();
    }

    /// @notice Takes wei.
    function pay() external payable requiresOracle {
        reported = msg.value;
    }

    /// @notice Reverts with a text.
    function failWithText() external view requiresOracle {
        // solhint-disable-next-line gas-custom-errors
        revert("no, thank you");
    }

    /// @notice Reverts with an error of its own.
    function failWithError(uint256 code) external view requiresOracle {
        revert TargetSaysNo(code);
    }

    /// @notice Panics.
    function failWithPanic(uint256 divisor) external view requiresOracle returns (uint256) {
        return 1 / divisor;
    }

    /// @notice Uses all gas.
    function exhaust() external view requiresOracle {
        assembly ("memory-safe") {
            invalid()
        }
    }

    /// @notice Uses `amount` gas.
    function consume(uint256 amount) external requiresOracle {
        uint256 end = gasleft() - amount;
        while (gasleft() > end) {}
        reported = amount;
    }

    /// @notice Answers, or reverts, with `size` bytes.
    function shout(uint256 size, bool failing) external view requiresOracle {
        assembly ("memory-safe") {
            if failing {
                revert(0x80, size)
            }
            return(0x80, size)
        }
    }

    /// @notice Calls the Hub back with `inner`, and passes its revert on.
    function callBack(bytes calldata inner) external requiresOracle {
        (bool success, bytes memory reason) = address(hub).call(inner);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @notice Calls the Hub from outside a submission.
    function askContext() external view returns (Context memory) {
        return _oracleContext();
    }
}
