"""Compiles with a service that it knows nothing of but the address.

What it needs to know of the interface it asks the service's reflection for.
Prints what it gets as JSON.

usage: reflection_client.py HOST:PORT NAME SOURCE VERSION
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, json_format, message_factory

SERVICE = "pyc.compile.v1.CompileService"


def reflection_pool():
    """The messages of grpc.reflection.v1, as far as they are needed here."""
    f = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package="r", syntax="proto3")
    field = descriptor_pb2.FieldDescriptorProto

    def message(message_name, *fields):
        m = f.message_type.add(name=message_name)
        for label, kind, name, number in fields:
            added = m.field.add(name=name, number=number, label=label)
            if kind.startswith("."):
                added.type, added.type_name = field.TYPE_MESSAGE, kind
            else:
                added.type = getattr(field, "TYPE_" + kind)

    one, many = field.LABEL_OPTIONAL, field.LABEL_REPEATED
    message("Request", (one, "STRING", "file_containing_symbol", 4), (one, "STRING", "list_services", 7))
    message("Service", (one, "STRING", "name", 1))
    message("Services", (many, ".r.Service", "service", 1))
    message("Files", (many, "BYTES", "file_descriptor_proto", 1))
    message("Response", (one, ".r.Files", "file_descriptor_response", 4), (one, ".r.Services", "list_services_response", 6))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(f)
    return pool


def message_class(pool, name):
    descriptor = pool.FindMessageTypeByName(name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


class Client:
    def __init__(self, channel):
        self.channel = channel
        reflection = reflection_pool()
        self.request, self.response = (message_class(reflection, n) for n in ("r.Request", "r.Response"))
        self.pool = descriptor_pool.DescriptorPool()
        self.pool.AddSerializedFile(duration_pb2.DESCRIPTOR.serialized_pb)

    def reflect(self, request):
        call = self.channel.stream_stream(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            request_serializer=self.request.SerializeToString, response_deserializer=self.response.FromString)
        return next(call(iter([request]), timeout=20))

    def services(self):
        # The field is part of a oneof, so that an empty text counts; here it
        # needs a character.
        answer = self.reflect(self.request(list_services="*"))
        return sorted(s.name for s in answer.list_services_response.service)

    def learn(self, symbol):
        for data in self.reflect(self.request(file_containing_symbol=symbol)).file_descriptor_response.file_descriptor_proto:
            f = descriptor_pb2.FileDescriptorProto.FromString(data)
            if f.name != duration_pb2.DESCRIPTOR.name:
                self.pool.Add(f)

    def method(self, name):
        m = self.pool.FindServiceByName(SERVICE).FindMethodByName(name)
        request, response = (message_class(self.pool, t.full_name) for t in (m.input_type, m.output_type))
        kind = self.channel.stream_stream if name.startswith("Batch") else self.channel.unary_unary
        return request, kind("/%s/%s" % (SERVICE, name),
                             request_serializer=request.SerializeToString, response_deserializer=response.FromString)


def refusal(call, request):
    try:
        call(request, timeout=20)
    except grpc.RpcError as e:
        return [e.code().name, e.details()]
    return None


def main(address, name, source, version):
    with grpc.insecure_channel(address) as channel:
        client = Client(channel)
        services = client.services()
        client.learn(SERVICE)
        request, compile_one = client.method("Compile")
        batch_request, compile_batch = client.method("BatchCompile")
        capabilities_request, capabilities = client.method("GetCapabilities")
        module = request(inline=source.encode(), filename=name, python_version=version)
        batch = iter([batch_request(id=i, request=module) for i in range(50)])
        json.dump({
            "services": services,
            "compile": json_format.MessageToDict(compile_one(module, timeout=20)),
            "batch": sorted(int(r.id) for r in compile_batch(batch, timeout=20) if r.response.module.pyc),
            "capabilities": json_format.MessageToDict(capabilities(capabilities_request(), timeout=20)),
            "refusal": refusal(compile_one, request(filename=name)),
        }, sys.stdout)


main(*sys.argv[1:])
