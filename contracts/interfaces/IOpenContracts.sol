// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRegistryRoster} from "./IRegistryRoster.sol";

/// @notice A registry's word, by EIP-712, that `oracle` is the signer of an enclave running `image`.
/// @param oracle The oracle enclave's signer, made at its boot.
/// @param provider Who is paid for the oracle.
/// @param image keccak256(PCR0 || PCR1 || PCR2) of the oracle enclave.
/// @param onlyOracleHash The one script this oracle can run; 0 for any.
/// @param oraclePrice What the oracle's provider asks per submission, in OPN base units.
/// @param registryPrice What the registry's provider asks per submission, in OPN base units.
/// @param notBefore First second of validity.
/// @param notAfter Last second of validity, at most 24 hours after `notBefore`.
struct OracleCertificate {
    address oracle;
    address provider;
    bytes32 image;
    bytes32 onlyOracleHash;
    uint96 oraclePrice;
    uint96 registryPrice;
    uint40 notBefore;
    uint40 notAfter;
}

/// @notice A script's result, signed by the oracle by EIP-712.
/// @param user Who ran the script, and alone may submit.
/// @param target The contract to call.
/// @param oracleHash The hash of the script's folder.
/// @param registry Whose certificate of the oracle pays out.
/// @param nonce The oracle's sequence number; each works once.
/// @param startedAt When the script started, by the enclave's clock.
/// @param signedAt When the result was signed, by the enclave's clock.
/// @param deadline Last second in which the result can be submitted.
/// @param value Wei forwarded with the call.
/// @param call The calldata: selector and arguments.
struct Result {
    address user;
    address target;
    bytes32 oracleHash;
    address registry;
    uint256 nonce;
    uint40 startedAt;
    uint40 signedAt;
    uint40 deadline;
    uint256 value;
    bytes call;
}

/// @notice A user's leave, by EIP-712, that `relayer` submits a result and pays the transaction for them.
/// @param resultDigest The EIP-712 digest of the result.
/// @param maxPayment The most OPN, surcharge included, that may be taken from the user.
/// @param relayer Who may submit; 0 for anyone.
/// @param deadline Last second of this leave.
struct SubmitAuth {
    bytes32 resultDigest;
    uint256 maxPayment;
    address relayer;
    uint40 deadline;
}

/// @notice What the called contract may ask about the submission it is part of.
struct Context {
    address user;
    bytes32 oracleHash;
    address oracle;
    address registry;
    uint40 registryActiveFrom;
    bytes32 image;
    uint40 startedAt;
    uint40 signedAt;
}

/// @notice What the Hub knows about an oracle through one registry's certificates.
/// @param unsettled Submissions paid for and not settled yet.
/// @param revoked True where the oracle is revoked, for all registries.
struct OracleRecord {
    address provider;
    uint96 oraclePrice;
    uint96 registryPrice;
    bytes32 image;
    bytes32 onlyOracleHash;
    uint40 notBefore;
    uint40 notAfter;
    uint64 unsettled;
    bool revoked;
}

/// @title The Hub: verifies an oracle's result, takes the payment, forwards the call.
/// @notice Everything happens, or nothing: where the call reverts, nobody is charged and the result stays good until its
/// deadline. A result that is never submitted is free, so its nonce proves nothing: contracts remember the fact itself
/// (for example the id of a payment), not the result.
interface IOpenContractsHub is IRegistryRoster {
    event Submitted(
        address indexed target,
        address indexed user,
        bytes32 indexed oracleHash,
        address oracle,
        bytes32 digest,
        uint256 paid,
        uint256 burned
    );
    event OracleCertified(
        address indexed oracle,
        address indexed registry,
        address indexed provider,
        bytes32 image,
        uint96 oraclePrice,
        uint96 registryPrice,
        uint40 notAfter
    );
    event OracleRevoked(address indexed oracle);
    event OracleAllowed(address indexed target, bytes4 indexed selector, bytes32 indexed oracleHash, uint40 validFrom);
    event OracleDisallowed(address indexed target, bytes4 indexed selector, bytes32 indexed oracleHash);
    event Settled(address indexed oracle, address indexed registry, uint256 submissions);
    event Deposited(address indexed user, uint256 amount);
    event Withdrawn(address indexed user, uint256 amount);
    event PauseSet(uint40 until);

    /// @notice The sender is not the user whom the result names.
    error HubWrongSubmitter(address user, address sender);
    /// @notice The transaction carries other wei than the result says.
    error HubWrongValue(uint256 expected, uint256 actual);
    /// @notice The result's deadline has passed.
    error HubResultExpired(uint40 deadline);
    /// @notice The result was signed later than this block, by more than {CLOCK_SKEW}.
    error HubResultFromFuture(uint40 signedAt);
    /// @notice The result's times are not in order: started, signed, deadline.
    error HubResultTimesDisordered();
    /// @notice The calldata is shorter than a selector.
    error HubCallTooShort(uint256 length);
    /// @notice The target has no code.
    error HubTargetWithoutCode(address target);
    /// @notice The target has not allowed this script for this selector.
    error HubOracleHashNotAllowed(address target, bytes4 selector, bytes32 oracleHash);
    /// @notice A signature is malformed, has a high s, or recovers to nobody.
    error HubSignatureInvalid();
    /// @notice No certificate of `registry` for the account that signed the result.
    error HubUnknownOracle(address oracle, address registry);
    /// @notice The oracle was revoked.
    error HubOracleRevoked(address oracle);
    /// @notice The certificate is past its time, or ends before the result's deadline.
    error HubCertificateExpired(uint40 notAfter);
    /// @notice The oracle was certified for another script alone.
    error HubOracleDedicated(bytes32 onlyOracleHash);
    /// @notice A result with this nonce of this oracle was submitted already.
    error HubNonceUsed(address oracle, uint256 nonce);
    /// @notice The submission costs more than the caller allows.
    error HubPaymentAboveMaximum(uint256 payment, uint256 maxPayment);
    /// @notice The token delivered another amount than was asked of it.
    error HubPaymentIncomplete(uint256 expected, uint256 actual);
    /// @notice New submissions are paused.
    error HubPaused(uint40 until);
    /// @notice The call reverted without a reason, for example because it ran out of gas.
    error HubCallFailed(address target);

    /// @notice The certificate's times are not in order, or it is longer than {MAX_CERTIFICATE_LIFETIME}.
    error HubCertificateLifetimeInvalid(uint40 notBefore, uint40 notAfter);
    /// @notice The certificate starts more than {CLOCK_SKEW} ahead of this block.
    error HubCertificateFromFuture(uint40 notBefore);
    /// @notice The first certificate of an oracle by a registry fixes provider, prices, image and script.
    error HubCertificateConflict(address oracle, address registry);
    /// @notice The Hub, the token, the burner and the zero address cannot be paid.
    error HubProviderForbidden(address provider);

    /// @notice A script's hash cannot be zero.
    error HubZeroOracleHash();
    /// @notice The permission to disallow does not exist.
    error HubOracleHashUnknown(address target, bytes4 selector, bytes32 oracleHash);
    /// @notice Only the contract that is being called may ask for the context, and only during the call.
    error HubNoContext(address caller);
    /// @notice The user's credit is smaller than the amount.
    error HubCreditTooSmall(uint256 credit, uint256 amount);
    /// @notice Nothing to settle for this oracle and registry.
    error HubNothingToSettle(address oracle, address registry);
    /// @notice A pause lasts 1 second to {MAX_PAUSE}.
    error HubPauseTooLong(uint40 duration);
    /// @notice After a pause began, {PAUSE_INTERVAL} must pass before the next one.
    error HubPauseTooSoon(uint40 earliest);
    /// @notice The oracle was revoked already, or is the zero address.
    error HubRevocationInvalid(address oracle);

    /// @notice Verifies `result`, takes the payment from the sender's credit or allowance, and makes the call.
    /// @param result The oracle's result; the sender must be its user, the wei sent its value.
    /// @param signature The oracle's signature, 65 bytes r || s || v with low s.
    /// @param maxPayment The most OPN, surcharge included, that may be taken.
    /// @return returned What the called contract returned, at most {MAX_RETURN_BYTES}.
    function submit(
        Result calldata result,
        bytes calldata signature,
        uint256 maxPayment
    ) external payable returns (bytes memory returned);

    /// @notice As {submit}, presenting the oracle's certificate first: needed once per oracle and registry, and again
    /// when the certificate that the Hub knows ends before the result's deadline.
    /// @param certificate The oracle's certificate.
    /// @param certificateSignature The registry's signature, 65 bytes r || s || v with low s.
    function submitWithCertificate(
        OracleCertificate calldata certificate,
        bytes calldata certificateSignature,
        Result calldata result,
        bytes calldata signature,
        uint256 maxPayment
    ) external payable returns (bytes memory returned);

    /// @notice Allows the script `oracleHash` to call `selector` of the sender. Several may be allowed at once.
    function allowOracle(bytes4 selector, bytes32 oracleHash) external;
    /// @notice As {allowOracle}, from a time ahead on, so that users see a change before it holds.
    function allowOracleFrom(bytes4 selector, bytes32 oracleHash, uint40 validFrom) external;
    /// @notice Takes back what the sender allowed.
    function disallowOracle(bytes4 selector, bytes32 oracleHash) external;

    /// @notice Pays `amount` OPN into the sender's credit, from the allowance.
    function deposit(uint256 amount) external;
    /// @notice Pays `amount` OPN of the sender's credit back. Works while paused.
    function withdraw(uint256 amount) external;
    /// @notice Pays the providers of `registry` and of each of `oracles`, and the burner. Anyone may; works while paused.
    function settle(address registry, address[] calldata oracles) external;

    /// @notice Guardian: revokes an oracle, now and for ever.
    function revokeOracle(address oracle) external;
    /// @notice Guardian: stops new submissions for `duration` seconds.
    function pauseSubmissions(uint40 duration) external;
    /// @notice Guardian: ends a pause early.
    function resumeSubmissions() external;

    /// @notice The submission that the sender is called by. Reverts for anyone but the contract being called.
    function context() external view returns (Context memory);
    /// @notice True where `target` allows `oracleHash` to call `selector` in this block.
    function isAllowed(address target, bytes4 selector, bytes32 oracleHash) external view returns (bool);
    /// @notice Since when `target` allows `oracleHash` to call `selector`; 0 where it does not.
    function allowedFrom(address target, bytes4 selector, bytes32 oracleHash) external view returns (uint40);
    /// @notice True where the result `nonce` of `oracle` was submitted.
    function used(address oracle, uint256 nonce) external view returns (bool);
    /// @notice OPN that `user` has paid in and not spent.
    function credit(address user) external view returns (uint256);
    /// @notice What the Hub knows about `oracle` through certificates of `registry`; all zero where nothing.
    function oracleRecord(address oracle, address registry) external view returns (OracleRecord memory);
    /// @notice What one submission costs: both prices and the surcharge of a fifth, rounded up.
    function payment(uint96 oraclePrice, uint96 registryPrice) external pure returns (uint256 paid, uint256 burned);
    /// @notice EIP-712 digest that a registry signs.
    function certificateDigest(OracleCertificate calldata certificate) external view returns (bytes32);
    /// @notice EIP-712 digest that an oracle signs.
    function resultDigest(Result calldata result) external view returns (bytes32);
    /// @notice Until when new submissions are paused; in the past where they are not.
    function pausedUntil() external view returns (uint40);
    /// @notice The token.
    function opn() external view returns (address);
    /// @notice Where the surcharge goes.
    function burner() external view returns (address);
}
