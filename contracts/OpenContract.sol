// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Context, IOpenContractsHub} from "./interfaces/IOpenContracts.sol";

/// @title Base of every Open Contract.
/// @notice A contract whose functions can be called with what an oracle script proved. Name the script of each function
/// in the constructor, guard the function by {requiresOracle}, ask {_oracleUser} who ran the script:
///
/// ```solidity
/// contract Vouch is OpenContract {
///     mapping(address => uint256) public balance;
///     constructor(address hubAddress, bytes32 scriptHash) OpenContract(hubAddress) {
///         setOracleHash(Vouch.report.selector, scriptHash);
///     }
///     function report(uint256 amount) external requiresOracle {
///         balance[_oracleUser()] = amount;
///     }
/// }
/// ```
///
/// Remember the fact that was proven (for example the id of a payment): the same fact can come in several results.
abstract contract OpenContract {
    /// @notice The Hub that calls this contract.
    IOpenContractsHub public immutable hub;

    /// @dev The script that {setOracleHash} named last, by selector.
    mapping(bytes4 selector => bytes32) private _oracleHashes;

    /// @notice Only the Hub may call this function, with a verified result.
    error OpenContractNotHub(address caller);
    /// @notice The Hub has no code.
    error OpenContractHubWithoutCode(address hub);

    /// @notice Only the Hub comes through, having verified that the script named for this function made the call.
    modifier requiresOracle() {
        if (msg.sender != address(hub)) revert OpenContractNotHub(msg.sender);
        _;
    }

    /// @param hubAddress The Hub of this chain.
    constructor(address hubAddress) {
        if (hubAddress.code.length == 0) revert OpenContractHubWithoutCode(hubAddress);
        hub = IOpenContractsHub(hubAddress);
    }

    /// @notice The script that may call `selector`; 0 where none was named by {setOracleHash}.
    function oracleHash(bytes4 selector) public view returns (bytes32) {
        return _oracleHashes[selector];
    }

    /// @dev Names the script that may call `selector`, in place of the one named before; 0 names none.
    function setOracleHash(bytes4 selector, bytes32 hash) internal {
        bytes32 previous = _oracleHashes[selector];
        if (previous != 0) hub.disallowOracle(selector, previous);
        _oracleHashes[selector] = hash;
        if (hash != 0) hub.allowOracle(selector, hash);
    }

    /// @dev Lets one more script call `selector`, beside the others.
    function allowOracle(bytes4 selector, bytes32 hash) internal {
        hub.allowOracle(selector, hash);
    }

    /// @dev Takes back what {allowOracle} gave.
    function disallowOracle(bytes4 selector, bytes32 hash) internal {
        if (_oracleHashes[selector] == hash) delete _oracleHashes[selector];
        hub.disallowOracle(selector, hash);
    }

    /// @dev Who ran the script and submitted its result. Only inside a call by the Hub.
    function _oracleUser() internal view returns (address) {
        return hub.context().user;
    }

    /// @dev All that the Hub knows about the submission. Only inside a call by the Hub.
    function _oracleContext() internal view returns (Context memory) {
        return hub.context();
    }
}
