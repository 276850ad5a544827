"""Bazel's built-in proto_common under protobuf's label."""

proto_common = proto_common_do_not_use
