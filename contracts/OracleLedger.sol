// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IOpenContractsHub, OracleCertificate, OracleRecord} from "./interfaces/IOpenContracts.sol";
import {RegistryRoster} from "./RegistryRoster.sol";

/// @title What oracles are certified for, and who is owed what.
/// @notice Prices are fixed per (oracle, registry), so a submission only adds one to a counter; {settle} turns counters
/// into transfers. OPN held here = credits + counters times prices and surcharge.
abstract contract OracleLedger is IOpenContractsHub, RegistryRoster {
    using SafeERC20 for IERC20;

    /// @dev Two slots: what is paid to the oracle's provider | all the rest.
    struct Record {
        address provider;
        uint96 oraclePrice;
        uint96 registryPrice;
        uint40 notBefore;
        uint40 notAfter;
        uint64 unsettled;
        uint8 imageIndex;
        bool dedicated;
    }

    /// @notice The longest time between a certificate's start and end, in seconds.
    uint40 public constant MAX_CERTIFICATE_LIFETIME = 24 hours;
    /// @notice How far enclaves' clocks may be ahead of the block, in seconds.
    uint256 public constant CLOCK_SKEW = 60;
    /// @dev The surcharge is a fifth.
    uint256 private constant SURCHARGE_DIVISOR = 5;

    IERC20 internal immutable _token;
    address internal immutable _burner;

    mapping(address oracle => mapping(address registry => Record)) private _records;
    mapping(address oracle => mapping(address registry => bytes32)) private _onlyOracleHash;
    mapping(address oracle => bool) private _revoked;
    mapping(address user => uint256) private _credit;

    constructor(IERC20 token, address burnerAddress) {
        if (address(token) == address(0) || burnerAddress == address(0)) revert RosterZeroAddress();
        _token = token;
        _burner = burnerAddress;
    }

    /// @inheritdoc IOpenContractsHub
    function deposit(uint256 amount) external nonReentrant {
        _credit[msg.sender] += amount;
        emit Deposited(msg.sender, amount);
        _pull(msg.sender, amount);
    }

    /// @inheritdoc IOpenContractsHub
    function withdraw(uint256 amount) external nonReentrant {
        _spendCredit(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        _token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IOpenContractsHub
    function settle(address registry, address[] calldata oracles) external nonReentrant {
        uint256 forRegistry;
        uint256 forBurner;
        for (uint256 i; i < oracles.length; ++i) {
            Record storage record = _records[oracles[i]][registry];
            uint256 count = record.unsettled;
            if (count == 0) revert HubNothingToSettle(oracles[i], registry);
            record.unsettled = 0;
            (, uint256 burned) = payment(record.oraclePrice, record.registryPrice);
            forRegistry += count * record.registryPrice;
            forBurner += count * burned;
            emit Settled(oracles[i], registry, count);
            _token.safeTransfer(record.provider, count * record.oraclePrice);
        }
        _token.safeTransfer(_registryProvider(registry), forRegistry);
        _token.safeTransfer(_burner, forBurner);
    }

    /// @inheritdoc IOpenContractsHub
    function revokeOracle(address oracle) external restricted {
        if (oracle == address(0) || _revoked[oracle]) revert HubRevocationInvalid(oracle);
        _revoked[oracle] = true;
        emit OracleRevoked(oracle);
    }

    /// @inheritdoc IOpenContractsHub
    function credit(address user) external view returns (uint256) {
        return _credit[user];
    }

    /// @inheritdoc IOpenContractsHub
    function oracleRecord(address oracle, address registry) external view returns (OracleRecord memory view_) {
        Record storage record = _records[oracle][registry];
        view_.revoked = _revoked[oracle];
        if (record.provider == address(0)) return view_;
        view_.provider = record.provider;
        view_.oraclePrice = record.oraclePrice;
        view_.registryPrice = record.registryPrice;
        view_.image = _imageAt(record.imageIndex);
        view_.onlyOracleHash = _onlyOracleHash[oracle][registry];
        view_.notBefore = record.notBefore;
        view_.notAfter = record.notAfter;
        view_.unsettled = record.unsettled;
    }

    /// @inheritdoc IOpenContractsHub
    function opn() external view returns (address) {
        return address(_token);
    }

    /// @inheritdoc IOpenContractsHub
    function burner() external view returns (address) {
        return _burner;
    }

    /// @inheritdoc IOpenContractsHub
    function payment(uint96 oraclePrice, uint96 registryPrice) public pure returns (uint256 paid, uint256 burned) {
        // Sums of two 96-bit prices cannot overflow.
        unchecked {
            uint256 total = uint256(oraclePrice) + registryPrice;
            // Rounded up, so that the smallest price burns too.
            burned = (total + SURCHARGE_DIVISOR - 1) / SURCHARGE_DIVISOR;
            paid = total + burned;
        }
    }

    /// @dev Stores what `registry` certified, or extends it. The caller has verified the signature.
    function _certify(OracleCertificate calldata certificate, address registry) internal {
        _checkCertificateTimes(certificate);
        _requireRegistry(registry, certificate.notBefore);
        if (_revoked[certificate.oracle]) revert HubOracleRevoked(certificate.oracle);
        if (_isForbiddenProvider(certificate.provider)) revert HubProviderForbidden(certificate.provider);
        uint8 imageIndex = _activeImageIndex(certificate.image, KIND_ORACLE);
        Record memory record = _records[certificate.oracle][registry];
        if (record.provider == address(0)) {
            record = _recordOf(certificate, imageIndex);
            if (record.dedicated) _onlyOracleHash[certificate.oracle][registry] = certificate.onlyOracleHash;
        } else if (_conflicts(record, certificate, registry, imageIndex)) {
            revert HubCertificateConflict(certificate.oracle, registry);
        } else if (certificate.notAfter <= record.notAfter) {
            return;
        }
        record.notBefore = certificate.notBefore;
        record.notAfter = certificate.notAfter;
        _records[certificate.oracle][registry] = record;
        _emitCertified(certificate, registry);
    }

    /// @dev Reverts unless results of `oracle` count in this block, until `deadline`, for the script `oracleHash`.
    /// @return record What is known about the oracle.
    /// @return registryActiveFrom First second of the registry's activity.
    function _requireOracle(
        address oracle,
        address registry,
        bytes32 oracleHash,
        uint40 deadline
    ) internal view returns (Record memory record, uint40 registryActiveFrom) {
        record = _records[oracle][registry];
        if (record.provider == address(0)) revert HubUnknownOracle(oracle, registry);
        if (deadline > record.notAfter) revert HubCertificateExpired(record.notAfter);
        if (_revoked[oracle]) revert HubOracleRevoked(oracle);
        if (record.dedicated && _onlyOracleHash[oracle][registry] != oracleHash) {
            revert HubOracleDedicated(_onlyOracleHash[oracle][registry]);
        }
        registryActiveFrom = _requireRegistry(registry, record.notBefore);
        _requireImage(record.imageIndex);
    }

    /// @dev Counts one submission of `oracle` and takes its price from the user's credit, else from their allowance.
    function _charge(address oracle, address registry, address user, uint256 paid) internal {
        _records[oracle][registry].unsettled += 1;
        if (paid == 0) return;
        if (_credit[user] >= paid) _spendCredit(user, paid);
        else _pull(user, paid);
    }

    /// @dev True for zero and for the contracts of this system.
    function _isForbiddenProvider(address provider) internal view override returns (bool) {
        return
            provider == address(0) || provider == address(this) || provider == address(_token) || provider == _burner;
    }

    function _spendCredit(address user, uint256 amount) private {
        uint256 available = _credit[user];
        if (available < amount) revert HubCreditTooSmall(available, amount);
        unchecked {
            _credit[user] = available - amount;
        }
    }

    /// @dev Takes exactly `amount`: a token that keeps a part of it would leave the Hub owing what it does not have.
    function _pull(address user, uint256 amount) private {
        uint256 before = _token.balanceOf(address(this));
        _token.safeTransferFrom(user, address(this), amount);
        uint256 received = _token.balanceOf(address(this)) - before;
        if (received != amount) revert HubPaymentIncomplete(amount, received);
    }

    function _checkCertificateTimes(OracleCertificate calldata certificate) private view {
        (uint40 notBefore, uint40 notAfter) = (certificate.notBefore, certificate.notAfter);
        if (notAfter <= notBefore || notAfter - notBefore > MAX_CERTIFICATE_LIFETIME) {
            revert HubCertificateLifetimeInvalid(notBefore, notAfter);
        }
        if (notBefore > block.timestamp + CLOCK_SKEW) revert HubCertificateFromFuture(notBefore);
        if (notAfter < block.timestamp) revert HubCertificateExpired(notAfter);
    }

    function _recordOf(
        OracleCertificate calldata certificate,
        uint8 imageIndex
    ) private pure returns (Record memory record) {
        record.provider = certificate.provider;
        record.oraclePrice = certificate.oraclePrice;
        record.registryPrice = certificate.registryPrice;
        record.imageIndex = imageIndex;
        record.dedicated = certificate.onlyOracleHash != 0;
    }

    function _conflicts(
        Record memory record,
        OracleCertificate calldata certificate,
        address registry,
        uint8 imageIndex
    ) private view returns (bool) {
        return
            record.provider != certificate.provider ||
            record.oraclePrice != certificate.oraclePrice ||
            record.registryPrice != certificate.registryPrice ||
            record.imageIndex != imageIndex ||
            _onlyOracleHash[certificate.oracle][registry] != certificate.onlyOracleHash;
    }

    function _emitCertified(OracleCertificate calldata certificate, address registry) private {
        emit OracleCertified(
            certificate.oracle,
            registry,
            certificate.provider,
            certificate.image,
            certificate.oraclePrice,
            certificate.registryPrice,
            certificate.notAfter
        );
    }
}
