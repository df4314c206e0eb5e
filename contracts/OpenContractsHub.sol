// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IOpenContractsHub, OracleCertificate, Result} from "./interfaces/IOpenContracts.sol";
import {InitialImage, RosterConfig} from "./interfaces/IRegistryRoster.sol";
import {TypedDataLib} from "./libraries/TypedDataLib.sol";
import {OracleLedger} from "./OracleLedger.sol";
import {OraclePermissions} from "./OraclePermissions.sol";
import {RegistryRoster} from "./RegistryRoster.sol";
import {SubmissionContext} from "./SubmissionContext.sol";

/// @title The Hub.
/// @notice Verifies an oracle's result, takes the payment, forwards the call. Not upgradeable: a new version is a new
/// Hub, and contracts move to it by their own choice.
/// IMPORTANT: no function moves a user's funds but the user's own, sets a key, or exchanges the verifier. There is no
/// receive(): wei only pass through {submit}, to the target, in one call.
contract OpenContractsHub is EIP712, OracleLedger, OraclePermissions, SubmissionContext {
    /// @notice The most bytes of a called contract's answer, or of its revert reason, that are passed on.
    uint256 public constant MAX_RETURN_BYTES = 4096;
    /// @notice The longest pause of new submissions, in seconds.
    uint40 public constant MAX_PAUSE = 14 days;
    /// @notice The least time from the start of one pause to the start of the next, in seconds.
    uint40 public constant PAUSE_INTERVAL = 30 days;

    /// @dev Bitmap words of 256 sequence numbers.
    mapping(address oracle => mapping(uint256 word => uint256)) private _used;

    /// @param token The token that is paid in.
    /// @param burnerAddress Where the surcharge goes.
    /// @param config Governance, verifier and periods.
    /// @param initialImages The images active from the start.
    constructor(
        IERC20 token,
        address burnerAddress,
        RosterConfig memory config,
        InitialImage[] memory initialImages
    ) EIP712("OpenContracts", "1") OracleLedger(token, burnerAddress) RegistryRoster(config, initialImages) {}

    /// @inheritdoc IOpenContractsHub
    function submit(
        Result calldata result,
        bytes calldata signature,
        uint256 maxPayment
    ) external payable nonReentrant returns (bytes memory returned) {
        return _submit(result, signature, maxPayment);
    }

    /// @inheritdoc IOpenContractsHub
    function submitWithCertificate(
        OracleCertificate calldata certificate,
        bytes calldata certificateSignature,
        Result calldata result,
        bytes calldata signature,
        uint256 maxPayment
    ) external payable nonReentrant returns (bytes memory returned) {
        _certify(certificate, _signerOf(certificateDigest(certificate), certificateSignature));
        return _submit(result, signature, maxPayment);
    }

    /// @inheritdoc IOpenContractsHub
    function pauseSubmissions(uint40 duration) external restricted {
        (, uint40 nextPauseAt) = _periodAt(PAUSE);
        if (duration == 0 || duration > MAX_PAUSE) revert HubPauseTooLong(duration);
        if (block.timestamp < nextPauseAt) revert HubPauseTooSoon(nextPauseAt);
        _setPause(uint40(block.timestamp) + duration, uint40(block.timestamp) + PAUSE_INTERVAL);
    }

    /// @inheritdoc IOpenContractsHub
    function resumeSubmissions() external restricted {
        (, uint40 nextPauseAt) = _periodAt(PAUSE);
        _setPause(uint40(block.timestamp), nextPauseAt);
    }

    /// @inheritdoc IOpenContractsHub
    function used(address oracle, uint256 nonce) external view returns (bool) {
        return _used[oracle][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IOpenContractsHub
    function pausedUntil() public view returns (uint40 until) {
        (until, ) = _periodAt(PAUSE);
    }

    /// @inheritdoc IOpenContractsHub
    function certificateDigest(OracleCertificate calldata certificate) public view returns (bytes32) {
        return _hashTypedDataV4(TypedDataLib.hash(certificate));
    }

    /// @inheritdoc IOpenContractsHub
    function resultDigest(Result calldata result) public view returns (bytes32) {
        return _hashTypedDataV4(TypedDataLib.hash(result));
    }

    function _submit(
        Result calldata result,
        bytes calldata signature,
        uint256 maxPayment
    ) private returns (bytes memory returned) {
        if (block.timestamp < pausedUntil()) revert HubPaused(pausedUntil());
        if (msg.sender != result.user) revert HubWrongSubmitter(result.user, msg.sender);
        if (msg.value != result.value) revert HubWrongValue(result.value, msg.value);
        _checkResultTimes(result);
        _checkTarget(result);
        bytes32 digest = resultDigest(result);
        address oracle = _signerOf(digest, signature);
        (Record memory record, uint40 registryActiveFrom) = _requireOracle(
            oracle,
            result.registry,
            result.oracleHash,
            result.deadline
        );
        _useNonce(oracle, result.nonce);
        (uint256 paid, uint256 burned) = payment(record.oraclePrice, record.registryPrice);
        if (paid > maxPayment) revert HubPaymentAboveMaximum(paid, maxPayment);
        emit Submitted(result.target, result.user, result.oracleHash, oracle, digest, paid, burned);
        _charge(oracle, result.registry, result.user, paid);
        _openContext(result, oracle, registryActiveFrom, record.imageIndex);
        returned = _forward(result.target, result.value, result.call);
        _closeContext();
    }

    function _setPause(uint40 until, uint40 nextPauseAt) private {
        _setPeriod(PAUSE, until, nextPauseAt);
        emit PauseSet(until);
    }

    function _useNonce(address oracle, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 word = _used[oracle][nonce >> 8];
        if (word & bit != 0) revert HubNonceUsed(oracle, nonce);
        _used[oracle][nonce >> 8] = word | bit;
    }

    /// @dev Calls `target`. A revert is passed on and undoes the whole submission. Gas is not limited: where the target
    /// runs out of it, the submission reverts and can be sent again.
    function _forward(address target, uint256 value, bytes calldata call) private returns (bytes memory returned) {
        bool success;
        assembly ("memory-safe") {
            returned := mload(0x40)
            calldatacopy(returned, call.offset, call.length)
            success := call(gas(), target, value, returned, call.length, 0, 0)
            let size := returndatasize()
            if gt(size, MAX_RETURN_BYTES) {
                size := MAX_RETURN_BYTES
            }
            mstore(returned, size)
            returndatacopy(add(returned, 32), 0, size)
            mstore(0x40, add(returned, and(add(size, 63), not(31))))
            if iszero(or(success, iszero(size))) {
                revert(add(returned, 32), size)
            }
        }
        if (!success) revert HubCallFailed(target);
    }

    function _checkResultTimes(Result calldata result) private view {
        if (block.timestamp > result.deadline) revert HubResultExpired(result.deadline);
        if (result.signedAt > block.timestamp + CLOCK_SKEW) revert HubResultFromFuture(result.signedAt);
        if (result.startedAt > result.signedAt || result.signedAt > result.deadline) revert HubResultTimesDisordered();
    }

    /// @dev Only a contract that allowed the script for this selector can be called: never a token, this Hub, or a
    /// precompiled contract, which cannot allow anything.
    function _checkTarget(Result calldata result) private view {
        if (result.call.length < 4) revert HubCallTooShort(result.call.length);
        if (result.target.code.length == 0) revert HubTargetWithoutCode(result.target);
        bytes4 selector = bytes4(result.call);
        if (!isAllowed(result.target, selector, result.oracleHash)) {
            revert HubOracleHashNotAllowed(result.target, selector, result.oracleHash);
        }
    }

    function _contextImage(uint8 imageIndex) internal view override returns (bytes32) {
        return _imageAt(imageIndex);
    }

    /// @dev Signer of `digest`. One form only: 65 bytes, low s, v of 27 or 28.
    function _signerOf(bytes32 digest, bytes calldata signature) private pure returns (address signer) {
        ECDSA.RecoverError failure;
        (signer, failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure != ECDSA.RecoverError.NoError) revert HubSignatureInvalid();
    }
}
