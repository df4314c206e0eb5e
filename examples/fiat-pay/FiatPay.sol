// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {OpenContract} from "../../contracts/OpenContract.sol";

/// @title Tokens for a FiatPay payment
/// @notice A seller leaves tokens here under an offer id. Whoever proves to have made the FiatPay payment that the
/// offer asks for receives them. The proof is the script `buyTokens/`, run in an oracle enclave on the buyer's own
/// account; this contract never learns who paid whom on FiatPay.
/// @dev offer id = keccak256(abi.encode(string payee, uint256 cents, bytes32 salt)), computed off chain by the
/// seller; the script computes it again from what the buyer types, so nothing else fits.
contract FiatPay is OpenContract {
    using SafeERC20 for IERC20;

    /// @notice What a seller left under an offer id.
    struct Offer {
        address seller;
        uint96 tokens;
        uint40 withdrawableFrom;
    }

    /// @notice Time between the announcement of a withdrawal and the withdrawal: a buyer who has paid can still prove it.
    uint256 public constant WITHDRAWAL_NOTICE = 1 days;

    /// @notice The token that is sold.
    IERC20 public immutable token;

    /// @notice Offers by id; the seller is zero where there is none.
    mapping(bytes32 offerId => Offer offer) public offers;

    /// @notice FiatPay transactions (hash of the id) that have already bought something.
    mapping(bytes32 transactionId => bool spent) public spent;

    /// @notice Tokens wait for a buyer.
    event Offered(bytes32 indexed offerId, address indexed seller, uint256 tokens);
    /// @notice The seller will withdraw.
    event WithdrawalAnnounced(bytes32 indexed offerId, uint256 withdrawableFrom);
    /// @notice The seller took the tokens back.
    event Withdrawn(bytes32 indexed offerId, uint256 tokens);
    /// @notice A buyer proved the payment and got the tokens.
    event Bought(bytes32 indexed offerId, bytes32 indexed transactionId, address indexed buyer, uint256 tokens);

    /// @notice The offer id is in use.
    error FiatPayOfferExists(bytes32 offerId);
    /// @notice There is no such offer (any more).
    error FiatPayNoOffer(bytes32 offerId);
    /// @notice The caller is not the offer's seller.
    error FiatPayNotSeller(address caller);
    /// @notice The notice of a withdrawal has not passed.
    error FiatPayTooEarly(uint256 withdrawableFrom);
    /// @notice The FiatPay transaction has bought tokens before.
    error FiatPayTransactionSpent(bytes32 transactionId);
    /// @notice The result belongs to another account than the one that would receive the tokens.
    error FiatPayNotBuyer(address buyer);

    /// @param hubAddress The Open Contracts Hub.
    /// @param sold The token that is sold.
    /// @param scriptHash oracleHash of the folder `buyTokens/`.
    constructor(address hubAddress, IERC20 sold, bytes32 scriptHash) OpenContract(hubAddress) {
        token = sold;
        setOracleHash(FiatPay.buyTokens.selector, scriptHash);
    }

    /// @notice Leaves `tokens` (which this contract may pull from the caller) under `offerId`.
    function offer(bytes32 offerId, uint96 tokens) external {
        if (offers[offerId].seller != address(0)) revert FiatPayOfferExists(offerId);
        offers[offerId] = Offer(msg.sender, tokens, 0);
        emit Offered(offerId, msg.sender, tokens);
        token.safeTransferFrom(msg.sender, address(this), tokens);
    }

    /// @notice Says that the seller will take an offer back after {WITHDRAWAL_NOTICE}.
    function announceWithdrawal(bytes32 offerId) external {
        Offer storage offered = _ownOffer(offerId);
        offered.withdrawableFrom = uint40(block.timestamp + WITHDRAWAL_NOTICE);
        emit WithdrawalAnnounced(offerId, offered.withdrawableFrom);
    }

    /// @notice Gives the tokens of an announced withdrawal back to the seller.
    function withdraw(bytes32 offerId) external {
        Offer memory offered = _ownOffer(offerId);
        if (offered.withdrawableFrom == 0 || block.timestamp < offered.withdrawableFrom) {
            revert FiatPayTooEarly(offered.withdrawableFrom);
        }
        delete offers[offerId];
        emit Withdrawn(offerId, offered.tokens);
        token.safeTransfer(offered.seller, offered.tokens);
    }

    /// @notice Releases an offer's tokens to the buyer who proved its payment, once per FiatPay transaction.
    /// @param buyer The account the result belongs to.
    /// @param offerId The offer.
    /// @param transactionId keccak256(abi.encode(string id of the FiatPay transaction)).
    function buyTokens(address buyer, bytes32 offerId, bytes32 transactionId) external requiresOracle {
        if (buyer != _oracleUser()) revert FiatPayNotBuyer(buyer);
        if (spent[transactionId]) revert FiatPayTransactionSpent(transactionId);
        Offer memory offered = offers[offerId];
        if (offered.seller == address(0)) revert FiatPayNoOffer(offerId);
        spent[transactionId] = true;
        delete offers[offerId];
        emit Bought(offerId, transactionId, buyer, offered.tokens);
        token.safeTransfer(buyer, offered.tokens);
    }

    function _ownOffer(bytes32 offerId) private view returns (Offer storage offered) {
        offered = offers[offerId];
        if (offered.seller == address(0)) revert FiatPayNoOffer(offerId);
        if (offered.seller != msg.sender) revert FiatPayNotSeller(msg.sender);
    }
}
