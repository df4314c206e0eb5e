// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {OracleCertificate, Result} from "../interfaces/IOpenContracts.sol";

/// @title EIP-712 struct hashes of what registries and oracles sign.
/// @notice The same types stand in `protocol/eip712.ts`; a test compares both.
library TypedDataLib {
    /// @notice EIP-712 type hash of {OracleCertificate}.
    bytes32 internal constant CERTIFICATE_TYPEHASH = keccak256(
        "OracleCertificate(address oracle,address provider,bytes32 image,bytes32 onlyOracleHash,"
        "uint96 oraclePrice,uint96 registryPrice,uint40 notBefore,uint40 notAfter)"
    );

    /// @notice EIP-712 type hash of {Result}.
    bytes32 internal constant RESULT_TYPEHASH = keccak256(
        "Result(address user,address target,bytes32 oracleHash,address registry,uint256 nonce,"
        "uint40 startedAt,uint40 signedAt,uint40 deadline,uint256 value,bytes call)"
    );

    /// @notice EIP-712 struct hash of `certificate`.
    function hash(OracleCertificate calldata certificate) internal pure returns (bytes32) {
        // All members are value types, so the ABI encoding of the struct is its EIP-712 encoding.
        return keccak256(abi.encode(CERTIFICATE_TYPEHASH, certificate));
    }

    /// @notice EIP-712 struct hash of `result`.
    function hash(Result calldata result) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    RESULT_TYPEHASH,
                    result.user,
                    result.target,
                    result.oracleHash,
                    result.registry,
                    result.nonce,
                    result.startedAt,
                    result.signedAt,
                    result.deadline,
                    result.value,
                    keccak256(result.call)
                )
            );
    }
}
