"""Bazel's built-in proto_library under protobuf's label."""

proto_library = native.proto_library
