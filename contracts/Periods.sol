// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Pairs of times that every submission reads: the pause and the lives of images.
/// @notice Three to a slot, so that the pause and the two images of the first release cost one read together.
abstract contract Periods {
    /// @dev Entry of the pause: until when it lasts, and when the next may begin. Images have the others.
    uint8 internal constant PAUSE = 0;
    /// @dev An index fits one byte.
    uint256 internal constant MAX_PERIODS = 256;

    /// @dev first time << 40 | second time
    uint80[MAX_PERIODS] private _periods;

    function _setPeriod(uint8 index, uint40 first, uint40 second) internal {
        _periods[index] = (uint80(first) << 40) | second;
    }

    function _periodAt(uint8 index) internal view returns (uint40 first, uint40 second) {
        uint80 period = _periods[index];
        return (uint40(period >> 40), uint40(period));
    }
}
