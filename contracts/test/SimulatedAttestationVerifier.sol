// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Attestation, IAttestationVerifier} from "../interfaces/IAttestationVerifier.sol";

/// @title Verifier of simulated attestation documents, for chain 31337 alone.
/// @notice Does not verify a document: it believes the endorsement, by EIP-712, of one simulation key, whose holder has
/// verified the document off chain with the same rules as a client. The constructor refuses every other chain.
contract SimulatedAttestationVerifier is IAttestationVerifier, EIP712 {
    bytes32 private constant TYPEHASH = keccak256(
        "SimulatedAttestation(bytes32 documentHash,bytes32 image,uint64 timestampMs,bytes userData,bytes nonce)"
    );
    uint256 private constant DEVELOPMENT_CHAIN = 31337;

    /// @notice The account whose endorsements count.
    address public immutable simulationSigner;

    /// @notice This contract exists on the development chain only.
    error SimulatedVerifierWrongChain(uint256 chainId);
    /// @notice The endorsement is not the simulation key's.
    error SimulatedVerifierNotEndorsed();

    /// @param signer The account whose endorsements count.
    constructor(address signer) EIP712("OpenContractsSimulation", "1") {
        if (block.chainid != DEVELOPMENT_CHAIN) revert SimulatedVerifierWrongChain(block.chainid);
        simulationSigner = signer;
    }

    /// @inheritdoc IAttestationVerifier
    /// @param hints abi.encode(Attestation, bytes): what the document says, and the endorsement.
    function verify(
        bytes calldata document,
        bytes calldata hints
    ) external view returns (Attestation memory attestation) {
        bytes memory signature;
        (attestation, signature) = abi.decode(hints, (Attestation, bytes));
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    TYPEHASH,
                    keccak256(document),
                    attestation.image,
                    attestation.timestampMs,
                    keccak256(attestation.userData),
                    keccak256(attestation.nonce)
                )
            )
        );
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecover(digest, signature);
        if (failure != ECDSA.RecoverError.NoError || signer != simulationSigner) revert SimulatedVerifierNotEndorsed();
    }
}
