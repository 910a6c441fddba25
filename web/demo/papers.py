"""Papers of the demonstration's sitting, in the form of Decree 30: fictional figures in believable sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from documents.model import Head, PaperForm

PARENT, AGENCY, ABOVE = "UBND tỉnh Quảng Trị", "Ủy ban nhân dân huyện Vĩnh Linh", "UBND huyện Vĩnh Linh"


@dataclass(frozen=True, slots=True)
class ItemPlan:
    key: str
    title: str
    minutes: int
    rapporteur: str
    question: str
    papers: tuple[tuple[str, PaperForm], ...]  # (name, form)


def _head(symbol: str, day: str, agency: str = AGENCY, parent: str = PARENT) -> Head:
    return Head(parent, agency, symbol, "Vĩnh Linh", day)


def _form(
    head: Head, name: str, summary: str, text: tuple[str, ...], office: str, signatory: str, *, power: str = "",
    to: str = "",
) -> PaperForm:  # fmt: skip
    return PaperForm(
        head, name, summary, text, power, office, signatory, ("Như trên", "Thành viên UBND huyện", "Lưu: VT"), to
    )


def agenda(day: str) -> list[ItemPlan]:
    """Five items; DAY is today's ISO day."""
    finance = _head("214/TTr-TCKH", day, "Phòng Tài chính - Kế hoạch", ABOVE)
    farming = _head("87/KH-NNMT", day, "Phòng Nông nghiệp và Môi trường", ABOVE)
    return [
        ItemPlan(
            "kinh-te", "Tình hình kinh tế - xã hội tháng 11 và nhiệm vụ trọng tâm tháng 12", 20, "pho-chu-tich", "",
            (("Báo cáo kinh tế - xã hội tháng 11", _economy(day)),),
        ),
        ItemPlan(
            "ngan-sach", "Phân bổ kinh phí xây dựng nông thôn mới năm 2027", 25, "tai-chinh",
            "Thông qua phương án phân bổ kinh phí xây dựng nông thôn mới năm 2027?",
            (
                ("Tờ trình phân bổ kinh phí nông thôn mới", _budget(finance)),
                ("Phụ lục: bảng phân bổ theo xã", _annex(finance)),
            ),
        ),
        ItemPlan(
            "lut-bao", "Phương án phòng, chống lụt bão và cứu hộ các xã ven biển", 15, "nong-nghiep",
            "Thông qua phương án phòng, chống lụt bão?",
            (("Kế hoạch phòng, chống lụt bão", _flood(farming)),),
        ),
        ItemPlan(
            "chu-ky-so", "Triển khai chữ ký số và phòng họp không giấy tờ tại 18 xã, thị trấn", 15, "van-hoa", "",
            (("Báo cáo triển khai chữ ký số cấp xã", _signatures(day)),),
        ),
        ItemPlan("ket-luan", "Ý kiến các xã và kết luận của chủ tọa", 15, "chu-tich", "", ()),
    ]  # fmt: skip


def _economy(day: str) -> PaperForm:
    text = (
        "Trong tháng 11, sản xuất nông nghiệp trên địa bàn huyện cơ bản ổn định. Toàn huyện đã gieo cấy xong 3.420 ha "
        "vụ Đông Xuân, đạt 96% kế hoạch; công tác tiêm phòng gia súc, gia cầm hoàn thành ở 17 trên 18 xã, thị trấn.",
        "Thu ngân sách trên địa bàn lũy kế 11 tháng ước đạt 186,4 tỷ đồng, bằng 104% dự toán năm. Chi ngân sách bảo "
        "đảm đúng tiến độ; giải ngân vốn đầu tư công đạt 87,2%.",
        "Giáo dục và đào tạo: 100% trường học tổ chức dạy học hai buổi mỗi ngày ở cấp tiểu học. Y tế: các trạm y tế "
        "duy trì trực cấp cứu trong mùa mưa bão.",
        "Tồn tại: giải phóng mặt bằng hai tuyến đường liên xã chậm so với kế hoạch; đường truyền tại các xã miền núi "
        "Vĩnh Ô, Vĩnh Hà, Vĩnh Khê còn yếu, ảnh hưởng đến họp trực tuyến.",
        "Nhiệm vụ trọng tâm tháng 12: hoàn thành quyết toán các công trình nông thôn mới; tổ chức trực ban phòng, "
        "chống lụt bão 24/24 giờ; chuẩn bị các điều kiện đón Tết cho hộ nghèo, gia đình chính sách.",
        "Đề nghị các phòng, ban và Ủy ban nhân dân các xã, thị trấn bám sát nhiệm vụ, báo cáo kết quả trước ngày 20 "
        "tháng 12.",
    )
    form = _form(
        _head("312/BC-UBND", day), "Báo cáo", "Tình hình kinh tế - xã hội tháng 11, nhiệm vụ trọng tâm tháng 12",
        text * 2, "Phó Chủ tịch", "Lê Văn Thử Thành", power="KT. CHỦ TỊCH",
    )  # fmt: skip
    return form


def _budget(head: Head) -> PaperForm:
    text = (
        "Thực hiện Chương trình công tác của Ủy ban nhân dân huyện, Phòng Tài chính - Kế hoạch đã chủ trì, phối hợp "
        "với các phòng, ban liên quan và Ủy ban nhân dân các xã, thị trấn rà soát nhu cầu vốn, khả năng cân đối của "
        "ngân sách và tiến độ thực hiện các tiêu chí nông thôn mới.",
        "Sau khi xem xét ý kiến của các đơn vị, Phòng Tài chính - Kế hoạch kính trình Ủy ban nhân dân huyện xem xét, "
        "quyết định phương án phân bổ với các nội dung chính như sau:",
        "1. Tổng kinh phí: 24,6 tỷ đồng, trong đó ngân sách tỉnh hỗ trợ 14,0 tỷ đồng, ngân sách huyện 10,6 tỷ đồng.",
        "2. Ưu tiên các xã còn tiêu chí chưa đạt về giao thông, nước sạch và chuyển đổi số; không bố trí vốn dàn trải.",
        "3. Dành 1,8 tỷ đồng cho hạ tầng họp trực tuyến và ký số tại các xã miền núi.",
        "4. Các xã chịu trách nhiệm về tiến độ, chất lượng công trình và thanh quyết toán đúng quy định.",
        "Kính trình Ủy ban nhân dân huyện xem xét, quyết định.",
    )
    return _form(
        head, "Tờ trình", "Về việc phân bổ kinh phí xây dựng nông thôn mới năm 2027", text, "Trưởng phòng",
        "Nguyễn Thị Thử Hạnh", to="Ủy ban nhân dân huyện Vĩnh Linh",
    )  # fmt: skip


def _annex(head: Head) -> PaperForm:
    shares = (
        ("Vĩnh Ô", 2.4), ("Vĩnh Hà", 2.2), ("Vĩnh Khê", 2.1), ("Bến Quan", 1.2), ("Vĩnh Thái", 1.6), ("Kim Thạch", 1.5),
        ("Trung Nam", 1.4), ("Hiền Thành", 1.4), ("Vĩnh Giang", 1.3), ("Vĩnh Hòa", 1.2), ("Vĩnh Tú", 1.2),
        ("Vĩnh Chấp", 1.2), ("Vĩnh Long", 1.1), ("Vĩnh Lâm", 1.1), ("Vĩnh Sơn", 1.1), ("Vĩnh Thủy", 1.0),
        ("Cửa Tùng", 0.9), ("Hồ Xá", 0.7),
    )  # fmt: skip
    lines = tuple(
        f"{number}. {name}: {str(share).replace('.', ',')} tỷ đồng." for number, (name, share) in enumerate(shares, 1)
    )
    return _form(
        head, "Phụ lục", "Bảng phân bổ kinh phí theo xã, thị trấn (tổng 24,6 tỷ đồng)", lines, "Trưởng phòng",
        "Nguyễn Thị Thử Hạnh",
    )  # fmt: skip


def _flood(head: Head) -> PaperForm:
    text = (
        "Mục đích: chủ động ứng phó với bão, lũ trong hai tháng cuối năm; bảo đảm an toàn tính mạng Nhân dân, hạn chế "
        "thấp nhất thiệt hại về tài sản.",
        "Lực lượng: mỗi xã, thị trấn một tổ xung kích từ 30 đến 50 người; huyện bố trí 6 xuồng cao tốc, 2 xe cứu hộ, "
        "trực tại Cửa Tùng, Vĩnh Thái và Kim Thạch.",
        "Sơ tán: 1.240 hộ dân ở vùng thấp ven sông Bến Hải và ven biển có nơi sơ tán cụ thể; danh sách niêm yết tại "
        "nhà văn hóa thôn.",
        "Thông tin: duy trì điểm cầu trực tuyến 24/24 giờ giữa huyện và các xã khi có bão; sử dụng đường truyền dự "
        "phòng khi mất điện lưới.",
        "Tổ chức thực hiện: Ủy ban nhân dân các xã, thị trấn hoàn thành phương án chi tiết trước ngày 30 tháng 11.",
    )
    return _form(
        head, "Kế hoạch", "Phòng, chống lụt bão và tìm kiếm cứu nạn hai tháng cuối năm", text, "Trưởng phòng",
        "Võ Văn Thử Ruộng",
    )  # fmt: skip


def _signatures(day: str) -> PaperForm:
    text = (
        "Đến nay, toàn huyện đã cấp chứng thư số cho 100% lãnh đạo Ủy ban nhân dân các xã, thị trấn; 92% văn bản đi "
        "được ký số và gửi trên môi trường mạng.",
        "Phòng họp không giấy tờ đã được đưa vào sử dụng tại 18 xã, thị trấn. Trong tháng, huyện tổ chức 7 cuộc họp "
        "trực tuyến ba cấp, tiết kiệm khoảng 41.000 trang giấy.",
        "Khó khăn: máy tính bảng tại một số xã đã cũ; đường truyền tại các xã miền núi chưa ổn định vào mùa mưa.",
        "Kiến nghị: bổ sung kinh phí đường truyền dự phòng cho ba xã Vĩnh Ô, Vĩnh Hà, Vĩnh Khê; tập huấn lại cho văn "
        "thư các xã về quy trình cấp số và ký số cơ quan.",
    )
    return _form(
        _head("96/BC-VHKHTT", day, "Phòng Văn hóa, Khoa học và Thông tin", ABOVE), "Báo cáo",
        "Kết quả triển khai chữ ký số và phòng họp không giấy tờ", text, "Trưởng phòng", "Đặng Thị Thử Ca",
    )  # fmt: skip
